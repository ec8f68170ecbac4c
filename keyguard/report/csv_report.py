"""The report as CSV (RFC 4180), one place a row. No cell is a formula to a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

from keyguard.report.rows import rows_of
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from keyguard.model import Report
    from keyguard.report.formats import Display
    from keyguard.report.rows import Row

COLUMNS: Final = (
    *("severity", "confidence", "verdict", "rule", "provider", "title", "secret", "fingerprint", "kind", "path"),
    *("line", "column", "commit", "author", "date", "state", "object", "allowed", "advice"),
)
# https://owasp.org/www-community/attacks/CSV_Injection; the wide ones are the same to a spreadsheet in East Asia.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(report: Report, out: TextIO, display: Display) -> None:
    """Writes a head and one row a place. Every cell is quoted, so that no separator of a locale can cut it in two."""
    table = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(text) for text in _texts(row)] for row in rows_of(report, display))


def _texts(row: Row) -> tuple[str, ...]:
    finding, (location, provenance) = row.finding, row.occurrence
    origin = ("", "", "", "")
    if provenance:
        origin = (provenance.date, provenance.state, provenance.object, provenance.commit)
    date, state, name, commit = origin
    return (
        *(finding.severity.label, finding.confidence.label, finding.verdict, finding.rule, finding.provider),
        *(finding.title, row.secret, finding.fingerprint, location.kind, row.path, str(location.line)),
        *(str(location.column), commit, row.author, date, state, name, row.allowed, finding.advice),
    )


def _cell(text: str) -> str:
    shown = visible(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown

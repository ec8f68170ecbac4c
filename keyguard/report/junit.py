"""The report as JUnit XML: each place of a secret is a failed test, what could not be read an error.

Only what the schema of Jenkins' xUnit plugin (junit-10.xsd) knows is used; GitLab and Azure read the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO
from xml.sax.saxutils import escape, quoteattr

from keyguard.report.redaction import redaction_of
from keyguard.report.rows import rows_of
from keyguard.report.visible import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Report, Skip
    from keyguard.report.formats import Display
    from keyguard.report.redaction import Redaction
    from keyguard.report.rows import Row


def write_junit(report: Report, out: TextIO, display: Display) -> None:
    """Writes one suite. A scan that found nothing is one test that passed."""
    rows = [row for row in rows_of(report, display) if not row.allowed]
    redaction = redaction_of(report, display.show_secrets)
    unread = [skip for skip in report.skipped if not skip.complete]
    counts = f'tests="{max(len(rows) + len(unread), 1)}" failures="{len(rows)}" errors="{len(unread)}"'
    time = f'time="{report.stats.seconds:.3f}"'
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="keyguard" {counts} {time}>\n<testsuite name="keyguard" {counts} {time}>\n')
    for row in rows:
        out.writelines(encodable(line, out.encoding) for line in _failure(row))
    for skip in unread:
        out.writelines(encodable(line, out.encoding) for line in _error(skip, redaction))
    if not rows and not unread:
        out.write('<testcase classname="keyguard" name="no secrets"/>\n')
    out.write("</testsuite>\n</testsuites>\n")


def _failure(row: Row) -> Iterator[str]:
    finding = row.finding
    message = f"{finding.title} {row.secret}"
    severity = finding.severity.label
    yield f"<testcase classname={_value(f'keyguard.{finding.rule}')} name={_value(row.place)}>"
    yield f"<failure type={_value(severity)} message={_value(message)}>"
    lines = [f"{severity} severity, {finding.confidence.label} confidence, rule {finding.rule}"]
    lines += [row.origin, f"fingerprint {finding.fingerprint}", finding.advice, f"keyguard playbook {finding.rule}"]
    yield "\n".join(escape(visible(line)) for line in lines if line)
    yield "</failure></testcase>\n"


def _error(skip: Skip, redaction: Redaction) -> Iterator[str]:
    reason = _value(redaction.text(skip.reason))
    yield f'<testcase classname="keyguard.unread" name={_value(redaction.text(skip.what))}>'
    yield f'<error type="unread" message={reason}/></testcase>\n'


def _value(text: str) -> str:
    return quoteattr(visible(text))

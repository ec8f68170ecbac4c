"""The report as workflow commands of GitHub Actions: an annotation for each place.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TextIO

from keyguard.model import Severity
from keyguard.report.redaction import redaction_of
from keyguard.report.rows import by_urgency, rows_of
from keyguard.report.summary import summary_lines
from keyguard.report.visible import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.model import Finding, Location, Report
    from keyguard.report.formats import Display
    from keyguard.report.redaction import Redaction
    from keyguard.report.rows import Row

# GitHub shows ten errors, ten warnings and ten notices of a step; the others stand in its log only.
_MOST: Final = 100
_LEVELS: Final = {Severity.MEDIUM: "warning", Severity.LOW: "notice"}
# A shorter mask would black out ordinary words of the log.
_SHORTEST_MASK: Final = 6


def write_github(report: Report, out: TextIO, display: Display) -> None:
    """Writes annotations, the most urgent first, and a closing line.

    With `display.masks` the values themselves come first, each as a command to take it out of the log: the runner
    carries such a line out and does not show it. Anywhere else it would be shown, so ask for it there only.
    """
    out.writelines(encodable(line, out.encoding) + "\n" for line in _lines(report, display))


def masks_of(findings: Iterable[Finding]) -> Iterator[str]:
    """What is to be taken out of logs: each value line by line, since a log is masked by the line."""
    seen = set[str]()
    for finding in findings:
        for raw in finding.secret.reveal().splitlines():
            text = raw.strip().decode("utf-8", "replace")
            if len(text) >= _SHORTEST_MASK and not text.startswith("-----") and text not in seen:
                seen.add(text)
                yield text


def _lines(report: Report, display: Display) -> Iterator[str]:
    if display.masks:
        hidden = (*report.findings, *(allowed.finding for allowed in report.allowed))
        yield from (f"::add-mask::{_data(text)}" for text in masks_of(hidden))
    masked = display._replace(show_secrets=False, show_allowed=False)
    rows = by_urgency(rows_of(report, masked))
    shown = rows if display.verbose else rows[:_MOST]
    redaction = redaction_of(report, shown=False)
    yield from (_annotation(row, redaction) for row in shown)
    if len(rows) > len(shown):
        yield f"::notice title=keyguard::and {len(rows) - len(shown):,} more places: see the other reports"
    unread = sum(not skip.complete for skip in report.skipped)
    if unread:
        text = f"incomplete: {unread:,} could not be read, and a secret there would not be found"
        yield f"::error title=keyguard::{_data(text)}"
    for line, _ in summary_lines(report):
        yield f"keyguard: {visible(line)}"


def _annotation(row: Row, redaction: Redaction) -> str:
    finding, location = row.finding, row.occurrence.location
    level = _LEVELS.get(finding.severity, "error")
    properties = {**_position(row, redaction), "title": f"{finding.title} ({finding.severity.label})"}
    where = "" if _is_file(location) else f" in {row.place}"
    origin = f" ({row.origin})" if row.origin else ""
    text = (
        f"{row.secret}{where}{origin}, {finding.confidence.label} confidence. "
        f"If it was ever pushed, it has leaked: {finding.advice or 'revoke it.'} "
        f"What to do: keyguard playbook {finding.rule}. If it is no secret: keyguard:allow {finding.rule} REASON"
    )
    joined = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {joined}::{_data(visible(text))}"


def _position(row: Row, redaction: Redaction) -> dict[str, str]:
    """File and lines, so that it stands beside the line in the diff; nothing for messages and names of refs."""
    location = row.occurrence.location
    if not _is_file(location):
        return {}
    path = redaction.name(location.path, row.finding.secret).decode("utf-8", "replace").removeprefix("./")
    position = {"file": path, "line": str(location.line), "endLine": str(location.end_line)}
    if location.kind == "path":
        return {"file": path, "line": "1"}
    if location.line == location.end_line:
        position |= {"col": str(location.column), "endColumn": str(location.end_column)}
    return position


def _is_file(location: Location) -> bool:
    return location.kind in {"file", "path"} and bool(location.path)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""The closing lines of the text report: what was skipped, what was read, what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.model import Severity
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding, Report, Skip, Stats
    from keyguard.report.redaction import Redaction

_SKIP_LINES = 10
_NAMES_SHOWN = 3


def skip_lines(skipped: Sequence[Skip], redaction: Redaction, verbose: bool) -> Iterator[str]:
    """Skips by reason, those that make the scan incomplete first; with `verbose` one line for each skip."""
    groups = _grouped(skipped, redaction)
    if not groups:
        return
    yield f"skipped: {len(skipped):,}"
    if verbose:
        yield from (f"  {what}: {reason}" for (_, reason), names in groups for what in names)
        return
    for (_, reason), names in groups[:_SKIP_LINES]:
        yield f"  {_names_text(names)}: {reason}"
    rest = groups[_SKIP_LINES:]
    if rest:
        yield f"  and {sum(len(names) for _, names in rest):,} more (-v shows all)"


def summary_lines(report: Report, *, show_allowed: bool = False) -> Iterator[tuple[str, str]]:
    """What was read, the counts, what was allowed, and whether the scan is incomplete: lines and their styles."""
    yield _stats_text(report.stats), "dim"
    if report.findings:
        yield _counts_text(report.findings), "bold"
    elif report.complete:
        yield "no secrets found", "green"
    else:
        yield "no secrets found in what could be read", "yellow"
    if report.allowed:
        count = len({each.finding.fingerprint for each in report.allowed})
        how = "" if show_allowed else " (--show-allowed lists them)"
        yield f"{_counted(count, 'secret')} allowed, and not counted{how}", "dim"
    yield from ((visible(note), "yellow") for note in report.notes)
    if not report.complete:
        unread = sum(not skip.complete for skip in report.skipped)
        what = _counted(unread, "item")
        yield f"INCOMPLETE: {what} could not be read, and a secret there would not be in this report", "bold yellow"


def size_text(size: int) -> str:
    """Bytes for people: `0 B`, `1.5 KiB`, `8.1 GiB`."""
    if size < 1024:
        return f"{size} B"
    amount = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= 1024
        if amount < 1024:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:.1f} TiB"


_Group = tuple[tuple[bool, str], list[str]]


def _grouped(skipped: Sequence[Skip], redaction: Redaction) -> list[_Group]:
    groups: dict[tuple[bool, str], list[str]] = {}
    for skip in skipped:
        names = groups.setdefault((skip.complete, visible(redaction.text(skip.reason))), [])
        names.append(visible(redaction.text(skip.what)))
    return sorted(groups.items(), key=lambda group: group[0][0])


def _names_text(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def _stats_text(stats: Stats) -> str:
    read = [_counted(count, noun) for count, noun in ((stats.objects, "object"), (stats.files, "file")) if count]
    size = size_text(stats.content)
    if stats.scanned != stats.content:
        size += f" ({size_text(stats.scanned)} of it scanned)"
    return f"read {' and '.join(read) or 'nothing'}, {size}, in {stats.seconds:.2f} s"


def _counts_text(findings: Sequence[Finding]) -> str:
    places = sum(len(finding.occurrences) for finding in findings)
    by_severity = [
        f"{count} {severity.label}"
        for severity in sorted(Severity, reverse=True)
        if (count := sum(finding.severity == severity for finding in findings))
    ]
    return f"{_counted(len(findings), 'secret')} in {_counted(places, 'place')}: {', '.join(by_severity)}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

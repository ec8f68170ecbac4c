"""The report for people: findings by severity, what to do about each, and what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from keyguard.report.knowledge import facts_of, parts_of
from keyguard.report.lines import Span, write_lines
from keyguard.report.places import decoded_label, origin_label, place_label
from keyguard.report.redaction import redaction_of
from keyguard.report.summary import skip_lines, summary_lines
from keyguard.report.verdicts import verdict_text
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Allowed, Finding, Occurrence, Report
    from keyguard.report.formats import Display
    from keyguard.report.lines import Line
    from keyguard.report.redaction import Redaction

_PLACES_SHOWN = 5
_BY = {
    "inline": "the comment",
    "config": "the settings in",
    "rules": "the rule file",
    "ignore-file": "the line",
    "baseline": "the baseline",
}
_VERDICT_STYLES = {"live": "bold red", "restricted": "yellow", "dead": "green"}
_SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}


def write_text(report: Report, out: TextIO, display: Display) -> None:
    """Writes the report to `out`. Colours need rich, which is imported for them only."""
    write_lines(_lines(report, display), out, color=display.color)


def _lines(report: Report, display: Display) -> Iterator[Line]:
    redaction = redaction_of(report, display.show_secrets)
    for finding in sorted(report.findings, key=_most_severe_first):
        yield from _finding_lines(finding, redaction, display)
        yield ()
    if display.show_allowed:
        for allowed in report.allowed:
            yield from _allowed_lines(allowed, redaction, display)
    for text in skip_lines(report.skipped, redaction, display.verbose):
        yield (Span(text, "dim"),)
    for text, style in summary_lines(report, show_allowed=display.show_allowed):
        yield (Span(text, style),)


def _most_severe_first(finding: Finding) -> tuple[int, int]:
    return -finding.severity, -finding.confidence


def _finding_lines(finding: Finding, redaction: Redaction, display: Display) -> Iterator[Line]:
    severity = finding.severity.label
    yield (
        Span(severity.upper(), _SEVERITY_STYLES[severity]),
        Span("  "),
        Span(visible(finding.title), "bold"),
        Span("  "),
        Span(_secret_text(finding, display), "magenta"),
    )
    yield (Span(_detail_text(finding), "dim"),)
    if finding.details is not None:
        yield (Span("  " + verdict_text(finding.details), _VERDICT_STYLES.get(finding.verdict, "")),)
    for name, text in _known(finding, redaction, display).items():
        yield (Span(f"  {visible(name)} ", "dim"), Span(visible(text)))
    for reason in finding.reasons:
        yield (Span("  why: ", "dim"), Span(visible(reason)))
    shown = finding.occurrences if display.verbose else finding.occurrences[:_PLACES_SHOWN]
    for occurrence in shown:
        yield _place_line(finding, occurrence, redaction)
    more = len(finding.occurrences) - len(shown)
    if more:
        yield (Span(f"  and {more:,} more {'place' if more == 1 else 'places'}"),)
    if finding.advice:
        yield (Span("  next: ", "bold"), Span(visible(finding.advice)))


def _known(finding: Finding, redaction: Redaction, display: Display) -> dict[str, str]:
    """The parts of the secret, and with --verbose what can be read off it."""
    facts = facts_of(finding, redaction) if display.verbose else {}
    return {**facts, **parts_of(finding, redaction)}


def _allowed_lines(allowed: Allowed, redaction: Redaction, display: Display) -> Iterator[Line]:
    finding, allowance = allowed
    reason = f": {allowance.reason}" if allowance.reason else ""
    yield (
        Span("ALLOWED", "dim"),
        Span(f"  {visible(finding.title)}  "),
        Span(_secret_text(finding, display), "magenta"),
        Span(visible(f"  by {_BY[allowance.by]} {allowance.where}{reason}"), "dim"),
    )
    yield (Span(f"  rule {visible(finding.rule)}, fingerprint {finding.fingerprint}", "dim"),)
    for occurrence in finding.occurrences if display.verbose else finding.occurrences[:_PLACES_SHOWN]:
        yield _place_line(finding, occurrence, redaction)
    yield ()


def _secret_text(finding: Finding, display: Display) -> str:
    if not display.show_secrets:
        return visible(finding.secret.masked)
    return visible(finding.secret.reveal().decode("utf-8", "replace"))


def _detail_text(finding: Finding) -> str:
    parts = [
        f"rule {visible(finding.rule)}",
        f"severity {finding.severity.label}",
        f"confidence {finding.confidence.label}",
        f"fingerprint {finding.fingerprint}",
    ]
    if finding.verdict != "unverified" and finding.details is None:
        parts.insert(0, visible(finding.verdict))
    return "  " + ", ".join(parts)


def _place_line(finding: Finding, occurrence: Occurrence, redaction: Redaction) -> Line:
    own = finding.secret
    location = occurrence.location
    path = visible(redaction.name(location.path, own).decode("utf-8", "replace"))
    place = Span("  " + place_label(location, path), "blue")
    origin = origin_label(occurrence.provenance, redaction, own)
    notes = [Span(note) for note in (decoded_label(location), origin) if note]
    return (place, *(span for note in notes for span in (Span("  "), note)))

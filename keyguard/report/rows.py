"""Findings place by place, their texts safe to show: what the formats for tables and services write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyguard.report.places import SHORT_ID, place_label, state_label
from keyguard.report.redaction import redaction_of
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.model import Allowance, Finding, Occurrence, Report
    from keyguard.report.formats import Display
    from keyguard.report.redaction import Redaction


class Row(NamedTuple):
    """One place of a finding. `secret` is masked unless whole secrets were asked for; `allowed` says by what."""

    finding: Finding
    occurrence: Occurrence
    number: int
    secret: str
    path: str
    author: str
    allowed: str

    @property
    def place(self) -> str:
        return place_label(self.occurrence.location, self.path)

    @property
    def origin(self) -> str:
        """In a sentence, where it came from and whether it is still there; empty for a working tree."""
        provenance = self.occurrence.provenance
        if provenance is None:
            return ""
        parts = []
        if provenance.commit:
            parts.append(f"commit {provenance.commit[:SHORT_ID]}")
        if self.author:
            parts.append(f"by {self.author}")
        if provenance.date:
            parts.append(f"on {provenance.date[:10]}")
        return ", ".join(filter(None, (" ".join(parts), state_label(provenance.state))))


def rows_of(report: Report, display: Display) -> Iterator[Row]:
    """All places in the order of the report; what is allowed after them, if that was asked for."""
    redaction = redaction_of(report, display.show_secrets)
    for finding in report.findings:
        yield from _rows(finding, redaction, "")
    for finding, allowance in report.allowed if display.show_allowed else ():
        yield from _rows(finding, redaction, visible(redaction.text(_allowed_text(allowance))))


def by_urgency(rows: Iterable[Row]) -> list[Row]:
    """Live and severe ones first, and of each secret one place before further ones."""
    return sorted(rows, key=lambda row: (*urgency(row.finding), row.number))


def urgency(finding: Finding) -> tuple[bool, int, int]:
    """Sorts the most urgent finding first."""
    return finding.verdict != "live", -finding.severity, -finding.confidence


def first_of_rules(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The first finding of each rule, in their order."""
    firsts: dict[str, Finding] = {}
    for finding in findings:
        firsts.setdefault(finding.rule, finding)
    return firsts


def _rows(finding: Finding, redaction: Redaction, allowed: str) -> Iterator[Row]:
    value = finding.secret
    secret = visible(value.reveal().decode("utf-8", "replace") if redaction.shown else value.masked)
    for number, occurrence in enumerate(finding.occurrences):
        path = visible(redaction.name(occurrence.location.path, value).decode("utf-8", "replace"))
        provenance = occurrence.provenance
        author = visible(redaction.text(provenance.author, value)) if provenance else ""
        yield Row(finding, occurrence, number, secret, path, author, allowed)


def _allowed_text(allowance: Allowance) -> str:
    return ": ".join(filter(None, allowance))

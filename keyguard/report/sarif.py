"""The report as SARIF 2.1.0, for code scanning services. It never holds a secret.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from keyguard.report.layout import Rows, write_members
from keyguard.report.places import decoded_label, state_label
from keyguard.report.redaction import redaction_of
from keyguard.report.sarif_limits import MOST_NOTIFICATIONS, Budget, places_of
from keyguard.report.sarif_rules import LEVELS, message_text, rule_members
from keyguard.report.uris import place_uri
from keyguard.report.verdicts import verdict_members
from keyguard.report.visible import visible
from keyguard.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Allowance, Finding, Location, Occurrence, Provenance, Report, Skip
    from keyguard.report.formats import Display
    from keyguard.report.layout import Json
    from keyguard.report.redaction import Redaction

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write_sarif(report: Report, out: TextIO, display: Display) -> None:
    """Writes one run with one result for each occurrence, in the order of the report; then what is allowed, if asked.

    A run too large for GitHub holds the most severe, and says what is left out; see `sarif_limits`.

    Not unasked, because not every service heeds `suppressions`: it would open alerts for what a team has settled.
    """
    redaction = redaction_of(report, shown=False)
    numbers = {rule.id: number for number, rule in enumerate(report.rules)}
    members: dict[str, Json | Rows] = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": f"keyguard/{report.mode}/"},
        "columnKind": "unicodeCodePoints",
    }
    budget = Budget()
    results = _results(report, redaction, numbers, show_allowed=display.show_allowed)
    members["results"] = Rows(budget.within(results))
    # Behind the results: by then it is known how many were left out.
    members["invocations"] = Rows(_invocation(report, redaction, budget) for _ in range(1))
    out.write(f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [\n')
    write_members(out, members, "")
    out.write("\n]}\n")


def _driver(report: Report) -> Json:
    return {
        "name": "keyguard",
        "version": VERSION,
        "semanticVersion": VERSION,
        "rules": [rule_members(rule) for rule in report.rules],
    }


def _invocation(report: Report, redaction: Redaction, budget: Budget) -> Json:
    unread_first = sorted(report.skipped, key=lambda skip: skip.complete)[:MOST_NOTIFICATIONS]
    skips = report.skipped if len(report.skipped) <= MOST_NOTIFICATIONS else unread_first
    notifications = [_notification(skip, redaction) for skip in skips]
    more = len(report.skipped) - len(skips)
    if more:
        notifications.append(_remark(f"and {more:,} more that were not read, which are left out of this file"))
    places = sum(len(finding.occurrences) for finding in report.findings)
    if budget.written < places:
        left = f"{places - budget.written:,} of {places:,} places are left out of this file, the least severe ones"
        notifications.append(_remark(f"{left}: code scanning would refuse it. Other formats have them all."))
    return {"executionSuccessful": report.complete, "toolExecutionNotifications": notifications}


def _remark(text: str) -> Json:
    return {"level": "warning", "message": {"text": text}}


def _notification(skip: Skip, redaction: Redaction) -> Json:
    text = f"{redaction.text(skip.what)}: {redaction.text(skip.reason)}"
    return {"level": "note" if skip.complete else "error", "message": {"text": message_text(visible(text))}}


def _results(
    report: Report, redaction: Redaction, numbers: dict[str, int], *, show_allowed: bool
) -> Iterator[dict[str, Json]]:
    for found, place in places_of(report.findings):
        yield _result(found, place, redaction, numbers.get(found.rule))
    for finding, allowance in report.allowed if show_allowed else ():
        suppression = _suppression(allowance, redaction)
        for occurrence in finding.occurrences:
            yield {**_result(finding, occurrence, redaction, numbers.get(finding.rule)), "suppressions": [suppression]}


def _suppression(allowance: Allowance, redaction: Redaction) -> Json:
    """SARIF §3.35: in the source, or in a file beside it."""
    kind = "inSource" if allowance.by == "inline" else "external"
    why = redaction.text(": ".join(filter(None, (allowance.where, allowance.reason))))
    return {"kind": kind, "status": "accepted", "justification": visible(why)}


def _result(finding: Finding, occurrence: Occurrence, redaction: Redaction, number: int | None) -> dict[str, Json]:
    location, provenance = occurrence
    members: dict[str, Json] = {"ruleId": finding.rule}
    if number is not None:
        members["ruleIndex"] = number
    members |= {
        "level": LEVELS[finding.severity],
        "message": {"text": _result_text(finding, occurrence)},
        "locations": [_location(location, provenance, redaction.name(location.path, finding.secret))],
        "partialFingerprints": {"secretFingerprint/v1": finding.fingerprint},
        "properties": _result_properties(finding, provenance, redaction),
    }
    return members


def _result_text(finding: Finding, occurrence: Occurrence) -> str:
    location, provenance = occurrence
    about = [f"{finding.confidence.label} confidence", decoded_label(location)]
    about.append(state_label(provenance.state) if provenance else "")
    lead = f"{finding.title} {finding.secret.masked} ({', '.join(filter(None, about))})."
    return message_text(visible(f"{lead} {finding.advice}".rstrip()))


def _location(location: Location, provenance: Provenance | None, path: bytes) -> Json:
    members: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": {"uri": place_uri(location, provenance, path, os.sep)},
            "region": _region(location),
        }
    }
    if location.kind != "file":
        name = path.decode("utf-8", "replace") or (provenance.object if provenance else "") or location.kind
        members["logicalLocations"] = [{"name": name, "kind": _LOGICAL_KINDS.get(location.kind, location.kind)}]
    return members


_LOGICAL_KINDS = {"commit": "commitMessage", "tag": "tagMessage", "path": "fileName", "ref": "refName"}


def _region(location: Location) -> Json:
    """Where the secret stands; a file's name has no lines in the file, so it is shown at the top."""
    if location.kind == "path":
        return {"startLine": 1}
    return {
        "startLine": location.line,
        "startColumn": location.column,
        "endLine": location.end_line,
        "endColumn": location.end_column,
    }


def _result_properties(finding: Finding, provenance: Provenance | None, redaction: Redaction) -> Json:
    members: dict[str, Json] = {
        "provider": finding.provider,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "verdict": finding.verdict,
    }
    if finding.details is not None:
        members["verdictDetails"] = verdict_members(finding.details)
    if provenance:
        members |= {
            "object": provenance.object,
            "commit": provenance.commit,
            "author": redaction.text(provenance.author, finding.secret),
            "date": provenance.date,
            "state": provenance.state,
        }
    return members

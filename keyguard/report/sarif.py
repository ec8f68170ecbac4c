"""The report as SARIF 2.1.0, for code scanning services. It never holds a secret.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from keyguard.report.layout import Rows, write_members
from keyguard.report.places import state_label
from keyguard.report.redaction import redaction_of
from keyguard.report.sarif_rules import LEVELS, message_text, rule_members
from keyguard.report.uris import place_uri
from keyguard.report.visible import visible
from keyguard.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Finding, Location, Occurrence, Provenance, Report, Skip
    from keyguard.report.layout import Json
    from keyguard.report.redaction import Redaction

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write_sarif(report: Report, out: TextIO) -> None:
    """Writes one run with one result for each occurrence, in the order of the report."""
    redaction = redaction_of(report, shown=False)
    numbers = {rule.id: number for number, rule in enumerate(report.rules)}
    members: dict[str, Json | Rows] = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": f"keyguard/{report.mode}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, redaction)],
        "results": Rows(_results(report, redaction, numbers)),
    }
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


def _invocation(report: Report, redaction: Redaction) -> Json:
    return {
        "executionSuccessful": report.complete,
        "toolExecutionNotifications": [_notification(skip, redaction) for skip in report.skipped],
    }


def _notification(skip: Skip, redaction: Redaction) -> Json:
    text = f"{redaction.text(skip.what)}: {redaction.text(skip.reason)}"
    return {"level": "note" if skip.complete else "error", "message": {"text": message_text(visible(text))}}


def _results(report: Report, redaction: Redaction, numbers: dict[str, int]) -> Iterator[Json]:
    for finding in report.findings:
        number = numbers.get(finding.rule)
        for occurrence in finding.occurrences:
            yield _result(finding, occurrence, redaction, number)


def _result(finding: Finding, occurrence: Occurrence, redaction: Redaction, number: int | None) -> Json:
    location, provenance = occurrence
    members: dict[str, Json] = {"ruleId": finding.rule}
    if number is not None:
        members["ruleIndex"] = number
    members |= {
        "level": LEVELS[finding.severity],
        "message": {"text": _result_text(finding, provenance)},
        "locations": [_location(location, provenance, redaction.name(location.path, finding.secret))],
        "partialFingerprints": {"secretFingerprint/v1": finding.fingerprint},
        "properties": _result_properties(finding, provenance, redaction),
    }
    return members


def _result_text(finding: Finding, provenance: Provenance | None) -> str:
    state = f", {state_label(provenance.state)}" if provenance else ""
    lead = f"{finding.title} {finding.secret.masked} ({finding.confidence.label} confidence{state})."
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
    if provenance:
        members |= {
            "object": provenance.object,
            "commit": provenance.commit,
            "author": redaction.text(provenance.author, finding.secret),
            "date": provenance.date,
            "state": provenance.state,
        }
    return members

"""The report for programs: one JSON document, described by docs/report.schema.json and docs/reports.md."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, TextIO

from keyguard.report.knowledge import facts_of, parts_of
from keyguard.report.layout import Rows, write_members
from keyguard.report.redaction import redaction_of
from keyguard.report.verdicts import verdict_members
from keyguard.version import VERSION

if TYPE_CHECKING:
    from keyguard.model import Allowed, Finding, Home, Location, Occurrence, Report, Skip, Stats
    from keyguard.report.formats import Display
    from keyguard.report.layout import Json
    from keyguard.report.redaction import Redaction

SCHEMA = 1


def write_json(report: Report, out: TextIO, display: Display) -> None:
    """Writes the document; findings, occurrences and skips in the order of the report."""
    redaction = redaction_of(report, display.show_secrets)
    members: dict[str, Json | Rows] = {
        "schema": SCHEMA,
        "tool": {"name": "keyguard", "version": VERSION},
        "complete": report.complete,
        "stats": _stats_members(report.stats),
        "findings": Rows(finding_members(finding, redaction) for finding in report.findings),
        "skipped": Rows(_skip_members(skip, redaction) for skip in report.skipped),
        "allowed": Rows(_allowed_members(each, redaction) for each in report.allowed),
        "notes": [redaction.text(note) for note in report.notes],
    }
    if report.mode == "machine":
        members["homes"] = Rows(_home_members(home, redaction) for home in report.homes)
    write_members(out, members, "")
    out.write("\n")


def finding_members(finding: Finding, redaction: Redaction) -> Json:
    """One finding as JSON; the secret itself only where the redaction shows secrets."""
    members: dict[str, Json] = {
        "rule": finding.rule,
        "provider": finding.provider,
        "title": finding.title,
        "severity": finding.severity.label,
        "confidence": finding.confidence.label,
        "masked": finding.secret.masked,
        "fingerprint": finding.fingerprint,
        "verdict": finding.verdict,
    }
    for key, known in (("parts", parts_of(finding, redaction)), ("facts", facts_of(finding, redaction))):
        if known:
            members[key] = dict(known)
    if redaction.shown:
        members |= _bytes_members("secret", finding.secret.reveal())
    if finding.details is not None:
        members["details"] = verdict_members(finding.details)
    if finding.reasons:
        members["reasons"] = list(finding.reasons)
    members["occurrences"] = [_occurrence_members(place, finding, redaction) for place in finding.occurrences]
    return members


def _allowed_members(allowed: Allowed, redaction: Redaction) -> Json:
    by, where, reason = allowed.allowance
    allowance: dict[str, Json] = {"by": by, "where": redaction.text(where), "reason": redaction.text(reason)}
    return {"allowance": allowance, "finding": finding_members(allowed.finding, redaction)}


def _occurrence_members(occurrence: Occurrence, finding: Finding, redaction: Redaction) -> Json:
    location, provenance = occurrence
    members: dict[str, Json] = {"kind": location.kind}
    members |= _bytes_members("path", redaction.name(location.path, finding.secret))
    members |= {
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
        **_decoded_members(location),
        "commit": provenance.commit if provenance else "",
        "author": redaction.text(provenance.author, finding.secret) if provenance else "",
        "date": provenance.date if provenance else "",
        "state": provenance.state if provenance else "",
        "object": provenance.object if provenance else "",
    }
    return members


def _decoded_members(location: Location) -> dict[str, Json]:
    return {"decoded": list(location.decoded)} if location.decoded else {}


def _bytes_members(key: str, raw: bytes) -> dict[str, Json]:
    """Text to show, and where that loses something the bytes themselves in base64."""
    try:
        return {key: raw.decode("utf-8")}
    except UnicodeDecodeError:
        return {key: raw.decode("utf-8", "replace"), f"{key}_bytes": b64encode(raw).decode("ascii")}


def _stats_members(stats: Stats) -> Json:
    return {
        "objects": stats.objects,
        "files": stats.files,
        "content": stats.content,
        "scanned": stats.scanned,
        "seconds": round(stats.seconds, 3),
    }


def _home_members(home: Home, redaction: Redaction) -> Json:
    members: dict[str, Json] = {"kind": home.kind, "tool": home.tool}
    members |= _bytes_members("path", redaction.name(home.path))
    members |= {"secrets": home.secrets, "arguments": home.arguments}
    if home.mode >= 0:
        members["mode"] = f"{home.mode:04o}"
    return members


def _skip_members(skip: Skip, redaction: Redaction) -> Json:
    return {"what": redaction.text(skip.what), "reason": redaction.text(skip.reason)}

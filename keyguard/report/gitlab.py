"""The report for GitLab's security dashboards: the secret detection report, version 15.2.1.

https://docs.gitlab.com/user/application_security/secret_detection/, and the schema named in the report.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Final, TextIO

from keyguard.report.layout import Rows, write_members
from keyguard.report.redaction import redaction_of
from keyguard.report.rows import rows_of
from keyguard.report.visible import visible
from keyguard.version import VERSION

if TYPE_CHECKING:
    from keyguard.model import Report, Skip
    from keyguard.report.formats import Display
    from keyguard.report.layout import Json
    from keyguard.report.redaction import Redaction
    from keyguard.report.rows import Row

_VERSION: Final = "15.2.1"
_SCHEMA: Final = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/"
    f"v{_VERSION}/dist/secret-detection-report-format.json"
)
# GitLab asks for a commit always; this is what its own analyzer writes where there is none.
_NO_COMMIT: Final = "0000000"
_LONGEST_NAME, _LONGEST_SOLUTION = 255, 7000


def write_gitlab(report: Report, out: TextIO, display: Display) -> None:
    """Writes one vulnerability for each place. It never holds a secret: the server shows it to others."""
    redaction = redaction_of(report, shown=False)
    rows = (row for row in rows_of(report, display._replace(show_secrets=False)) if not row.allowed)
    members: dict[str, Json | Rows] = {
        "version": _VERSION,
        "schema": _SCHEMA,
        "scan": _scan(report, redaction, time.time() if display.now is None else display.now),
        "vulnerabilities": Rows(_vulnerability(row) for row in rows),
    }
    write_members(out, members, "")
    out.write("\n")


def _scan(report: Report, redaction: Redaction, end: float) -> Json:
    tool: Json = {"id": "keyguard", "name": "keyguard", "version": VERSION, "vendor": {"name": "keyguard"}}
    return {
        "type": "secret_detection",
        "status": "success" if report.complete else "failure",
        "start_time": _time(end - report.stats.seconds),
        "end_time": _time(end),
        "analyzer": tool,
        "scanner": tool,
        "messages": [_message(skip, redaction) for skip in report.skipped],
    }


def _message(skip: Skip, redaction: Redaction) -> Json:
    text = f"{redaction.text(skip.what)}: {redaction.text(skip.reason)}"
    return {"level": "info" if skip.complete else "warn", "value": visible(text)}


def _vulnerability(row: Row) -> Json:
    finding = row.finding
    advice = " ".join(filter(None, (finding.advice, f"What to do: keyguard playbook {finding.rule}")))
    origin = f" ({row.origin})" if row.origin else ""
    return {
        "id": _identity(row),
        "name": visible(finding.title)[:_LONGEST_NAME],
        "description": visible(f"{finding.title} {row.secret} at {row.place}{origin}"),
        "severity": finding.severity.label.capitalize(),
        "solution": visible(advice)[:_LONGEST_SOLUTION],
        "identifiers": [
            {"type": "keyguard_rule_id", "name": f"keyguard rule {finding.rule}", "value": finding.rule},
            {
                "type": "cwe",
                "name": "CWE-798",
                "value": "798",
                "url": "https://cwe.mitre.org/data/definitions/798.html",
            },
        ],
        "details": {
            "fingerprint": {"type": "text", "name": "Fingerprint", "value": finding.fingerprint},
            "confidence": {"type": "text", "name": "Confidence", "value": finding.confidence.label},
            "verdict": {"type": "text", "name": "Verdict", "value": finding.verdict},
        },
        "location": _location(row),
    }


def _location(row: Row) -> Json:
    location, provenance = row.occurrence
    commit: dict[str, Json] = {"sha": (provenance.commit if provenance else "") or _NO_COMMIT}
    if provenance and provenance.commit:
        commit |= {"author": row.author, "date": provenance.date}
    return {
        "file": row.path.removeprefix("./") or location.kind,
        "start_line": location.line,
        "end_line": location.end_line,
        "commit": commit,
    }


def _identity(row: Row) -> str:
    """The same for the same secret at the same place in every scan."""
    location, provenance = row.occurrence
    commit = provenance.commit or provenance.object if provenance else ""
    words = (row.finding.fingerprint, location.kind, row.path, location.line, location.column, commit)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "keyguard:" + "\0".join(map(str, words))))


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))

"""Findings as JSON Lines: each line is one finding as in the JSON report, for streaming and grep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

from keyguard.report.json_report import finding_members
from keyguard.report.redaction import redaction_of

if TYPE_CHECKING:
    from keyguard.model import Report
    from keyguard.report.formats import Display


def write_jsonl(report: Report, out: TextIO, display: Display) -> None:
    """Writes one finding a line; no findings, no lines. Skips are told by the exit code only."""
    redaction = redaction_of(report, display.show_secrets)
    out.writelines(json.dumps(finding_members(finding, redaction)) + "\n" for finding in report.findings)

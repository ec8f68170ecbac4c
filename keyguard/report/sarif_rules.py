"""Detection rules as SARIF rule metadata, with the properties code scanning services sort by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyguard.model import Severity

if TYPE_CHECKING:
    from keyguard.model import Rule
    from keyguard.report.layout import Json

LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}

# Over 9.0 is critical, 7.0-8.9 high, 4.0-6.9 medium, 0.1-3.9 low:
# https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_LINK = re.compile(r"https://[^\s<>\"'`\\^{}|\[\]()]*[^\s<>\"'`\\^{}|\[\]().,;:!?]")
_DEFAULT_ADVICE = "Revoke the secret where it was made, replace it, then remove it from the text."


def rule_members(rule: Rule) -> Json:
    """One reportingDescriptor. `helpUri` is the first https link of the advice."""
    advice = rule.advice or _DEFAULT_ADVICE
    members: dict[str, Json] = {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": message_text(rule.title)},
        "fullDescription": {"text": message_text(_description(rule))},
        "help": {"text": message_text(advice), "markdown": message_text(f"**{rule.title}**\n\n{advice}")},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "precision": rule.confidence.label,
            "provider": rule.provider,
            "tags": ["security", "secret", "external/cwe/cwe-798"],
        },
    }
    link = _LINK.search(advice)
    if link:
        members["helpUri"] = link[0]
    return members


def message_text(text: str) -> str:
    """`text` as a SARIF message string: braces doubled (§3.11.5), no accidental embedded links (§3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


def _description(rule: Rule) -> str:
    return f"{rule.title}. Severity {rule.severity.label}, confidence {rule.confidence.label}."

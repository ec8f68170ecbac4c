"""What a report tells of a secret beside the secret: its parts (an id, a user name) and what can be read off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyguard.model import Finding
    from keyguard.report.redaction import Redaction


def parts_of(finding: Finding, redaction: Redaction) -> dict[str, str]:
    """The parts by name, as text; other secrets in them are masked."""
    return {name: redaction.text(value.decode("utf-8", "replace"), finding.secret) for name, value in finding.parts}


def facts_of(finding: Finding, redaction: Redaction) -> dict[str, str]:
    """What the secret and its parts say about themselves (see `triage.structure`)."""
    from keyguard.triage.structure import structure

    facts = structure(finding.secret.reveal(), finding.parts)
    return {name: redaction.text(text, finding.secret) for name, text in facts}

"""Rules for tests that need no provider file."""

from __future__ import annotations

from keyguard.model import Confidence, Rule, Severity
from keyguard.providers.syntax import parse, sight, widths


def make_rule(
    pattern: str,
    *,
    trigger: str = "",
    id: str = "acme-key",  # noqa: A002  the word of a provider file
    confidence: Confidence = Confidence.MEDIUM,
    reach: int = 0,
    entropy: float = 0.0,
    checksum: str = "",
    generic: bool = False,
    bounded: bool = False,
) -> Rule:
    """A rule of a made-up provider; its trigger is the pattern itself unless given."""
    return Rule(
        id=id,
        provider="acme",
        title="Acme key",
        severity=Severity.HIGH,
        confidence=confidence,
        pattern=pattern,
        trigger=trigger or pattern,
        width=widths(parse(trigger or pattern).node)[1],
        span=sight(parse(pattern).node),
        reach=reach,
        entropy=entropy,
        checksum=checksum,
        generic=generic,
        advice="Revoke it.",
        bounded=bounded,
    )

"""Weighs a match: drops what cannot be a secret, and says how sure the rest is."""

from __future__ import annotations

from collections.abc import Sequence

from keyguard.model import Confidence, Rule

_REMEMBERED = 1 << 16


class Scale:
    """Weighs matches of a fixed list of rules; a verdict depends on the matched bytes alone, so it is remembered."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._known: dict[tuple[int, bytes], Confidence | None] = {}

    def weigh(self, rule: int, value: bytes) -> Confidence | None:
        """The confidence in `value` as a secret by this rule, or None where it is none."""
        key = (rule, value)
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = _weigh(self._rules[rule], value)
        return self._known[key]


def _weigh(rule: Rule, value: bytes) -> Confidence | None:
    if rule.plain:
        return _weigh_plainly(rule, value)
    # Imported at the first hit: a scan that finds nothing need not compile their patterns.
    if rule.generic:
        from keyguard.triage.generic import is_hopeless

        return None if is_hopeless(value) else Confidence.LOW
    from keyguard.triage.checksum import passes
    from keyguard.triage.entropy import reaches
    from keyguard.triage.placeholder import is_placeholder

    if is_placeholder(value) or (rule.entropy and not reaches(value, rule.entropy)):
        return None
    if not rule.checksum:
        return rule.confidence
    if passes(rule.checksum, value):
        return Confidence.HIGH
    return Confidence(max(Confidence.LOW, rule.confidence - 1))


def _weigh_plainly(rule: Rule, value: bytes) -> Confidence | None:
    """As gitleaks does: characters are code points, the length is that of the bytes, and the entropy must be more."""
    from collections import Counter
    from math import log2

    counts = Counter(value.decode("utf-8", "replace")).values()
    entropy = -sum(count / len(value) * log2(count / len(value)) for count in counts)
    return None if rule.entropy and entropy <= rule.entropy else rule.confidence

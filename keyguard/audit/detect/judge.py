"""How bad an event is, and how likely it is without a cause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from keyguard.audit.detect.sensitivity import Sensitivity
from keyguard.model.anomaly import Kind
from keyguard.model.grade import Severity

_GRAVE: Final = 20  # floors of excess that make an event critical
_BAD: Final = 4  # and high

# Events per key in 90 days of honest use, before the floor in money, measured on bench/spending.py (seed 11, 500 keys).
_RATES: Final = {Kind.FIRST: 0.1, Kind.MODEL: 0.1, Kind.SILENCE: 0.2, Kind.HOUR: 0.01}


def severity(kinds: Iterable[Kind], excess: float, floor: float) -> Severity:
    """`floor` is the least excess worth an alarm."""
    kinds = frozenset(kinds)
    if Kind.REVOKED in kinds or excess >= _GRAVE * floor:
        return Severity.CRITICAL
    if kinds == {Kind.EXPOSED}:
        return Severity.LOW
    if Kind.EXPOSED in kinds or Kind.LIMIT in kinds or excess >= _BAD * floor:
        return Severity.HIGH
    return Severity.MEDIUM


def floor_of(sensitivity: Sensitivity, counted: bool) -> float:
    """The least excess worth an alarm, in money or, where there is none, in requests."""
    return sensitivity.requests if counted else sensitivity.money


def by_chance(kinds: Iterable[Kind], score: float, ramp: float, rarity: float) -> float:
    """Events as unusual as this in 90 days of honest use; 0 where chance plays no part.

    The lines through log10(rate) were fitted to what the seed above shows: 2.9 at a score of 1.5, 0.6 at 3; 0.13 at a
    sum of 18, 0.02 at 30.
    """
    kinds = frozenset(kinds)
    if Kind.LIMIT in kinds or Kind.REVOKED in kinds:
        return 0.0
    rates = [rate for kind, rate in _RATES.items() if kind in kinds]
    if Kind.UNUSUAL in kinds or Kind.RAMP in kinds:
        rates += [10 ** (1.0 - 0.37 * score), 10 ** (0.4 - 0.0715 * ramp)]
    if Kind.BURST in kinds:
        rates.append(90 * 10**-rarity)
    return min(rates, default=90.0)

"""The keys, models and projects that hold the most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from keyguard.model.usage_report import Rank, Ranking


def ranking(by: str, bases: Sequence[str], sums: Mapping[str, Decimal], top: int) -> Ranking:
    """The `top` greatest; those without anything are not counted."""
    held = {group: amount for group, amount in sums.items() if amount}
    whole = sum(held.values(), Decimal(0))
    ordered = sorted(held, key=lambda group: (-held[group], group))
    ranks = tuple(Rank(group, held[group], float(held[group] / whole) if whole else None) for group in ordered[:top])
    rest = sum((held[group] for group in ordered[top:]), Decimal(0))
    return Ranking(by, tuple(bases), ranks, len(ordered[top:]), rest, whole)

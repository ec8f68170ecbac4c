"""What an account spent, each amount counted once, however many sources tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from keyguard.audit.times import floor, month_start
from keyguard.model.usage import UsageSeries

# The money that counts: the provider's own before what a price table says, before differences between polls.
ORDER: Final = ("billed", "priced", "balance")
MONTH: Final = -1


class Total(NamedTuple):
    """What was spent in the bucket that begins at `start`. `basis` says where the amount is from."""

    start: int
    currency: str
    money: Decimal
    requests: int
    basis: str
    complete: bool


def totals(series: Iterable[UsageSeries], width: int, order: Sequence[str] = ORDER) -> list[Total]:
    """Totals of one account per `width` seconds (MONTH: calendar months, UTC), oldest first.

    Only series that are not coarser than `width` count. In each bucket the first basis of `order` counts that has
    complete figures; where none has, the greatest amount: late figures of one must not hide what another knows.
    `requests` are the greatest number that a single basis tells.
    """
    sums: dict[tuple[int, str], dict[str, tuple[Decimal, bool]]] = {}
    requests: dict[int, dict[str, int]] = {}
    for each in series:
        if width != MONTH and each.name.granularity > width:
            continue
        for point in each.points:
            start = month_start(point.start) if width == MONTH else floor(point.start, width)
            if point.requests:
                told = requests.setdefault(start, {})
                told[each.name.basis] = told.get(each.name.basis, 0) + point.requests
            if point.money is not None and each.name.basis in order:
                bases = sums.setdefault((start, each.name.currency), {})
                money, complete = bases.get(each.name.basis, (Decimal(0), True))
                bases[each.name.basis] = (money + point.money, complete and point.complete)
    return [
        Total(start, currency, *_choose(bases, max(requests.get(start, {"": 0}).values()), order))
        for (start, currency), bases in sorted(sums.items())
    ]


def _choose(
    bases: Mapping[str, tuple[Decimal, bool]], requests: int, order: Sequence[str]
) -> tuple[Decimal, int, str, bool]:
    for basis in order:
        if basis in bases and bases[basis][1]:
            return bases[basis][0], requests, basis, True
    basis = max(bases, key=lambda name: bases[name][0])
    return bases[basis][0], requests, basis, False

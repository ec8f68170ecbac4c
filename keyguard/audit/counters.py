"""Turns what counters and balances stood at into spending per hour.

What was spent between two polls is spread evenly over the time between them. Amounts are differences of one rising
line, so the hours add up to exactly what the provider took.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final, NamedTuple

from keyguard.audit.times import floor, say
from keyguard.model.usage import HOUR, UsagePoint
from keyguard.state.usage import Reading

_NANO: Final = Decimal("1e-9")
# Spread over more hours than this, the shape is a guess: such buckets are not complete.
_KNOWN_SHAPE: Final = 2 * HOUR


class Step(NamedTuple):
    """What was spent from `start` to `end`. `certain` is False where a part of it could not be seen."""

    start: int
    end: int
    amount: Decimal
    certain: bool


class Spending(NamedTuple):
    """The hours of one counter, and what is to be said about them."""

    key: str
    currency: str
    points: tuple[UsagePoint, ...]
    notes: tuple[str, ...]


def spendings(readings: Sequence[Reading], kind: str, since: int, read_at: int) -> Iterator[Spending]:
    """The spending of each counter in the hours from `since` on. `readings` are in the order of the state file."""
    for (key, currency), group in groupby(readings, key=lambda reading: (reading.key, reading.currency)):
        notes: list[str] = []
        follow = _falls if kind == "balance" else _rises
        steps = list(follow(group, notes))
        yield Spending(key, currency, tuple(_hours(steps, since, read_at)), tuple(notes))


def _falls(readings: Iterable[Reading], notes: list[str]) -> Iterator[Step]:
    """A balance: what is less was spent, what is more was paid in."""
    before: Reading | None = None
    for reading in readings:
        if before is not None:
            spent = before.value - reading.value
            if spent < 0:
                notes.append(
                    f"{-spent:f} {reading.currency} paid in between {say(before.taken)} and {say(reading.taken)}; "
                    "what was spent in that time cannot be seen"
                )
            yield Step(before.taken, reading.taken, max(spent, Decimal(0)), certain=spent >= 0)
        before = reading


def _rises(readings: Iterable[Reading], notes: list[str]) -> Iterator[Step]:
    """A counter, from 0 at the start of each period; one without a period starts wherever it is first seen."""
    for period, group in groupby(readings, key=lambda reading: reading.period):
        before = Reading("", "", period, period, Decimal(0)) if period else None
        for reading in group:
            if before is not None:
                spent = reading.value - before.value
                if spent < 0:
                    notes.append(f"the counter fell by {-spent:f} before {say(reading.taken)}; counted again from 0")
                yield Step(before.taken, reading.taken, reading.value if spent < 0 else spent, certain=spent >= 0)
            before = reading


def _hours(steps: Sequence[Step], since: int, read_at: int) -> Iterator[UsagePoint]:
    money: dict[int, Decimal] = {}
    uncertain: set[int] = set()
    for step in steps:
        known = step.certain and step.end - step.start <= _KNOWN_SHAPE
        for start in range(max(floor(step.start, HOUR), floor(since, HOUR)), step.end, HOUR):
            share = _line(step, min(start + HOUR, step.end)) - _line(step, max(start, step.start))
            money[start] = money.get(start, Decimal(0)) + share
            if not known:
                uncertain.add(start)
    last = steps[-1].end if steps else 0
    for start in sorted(money):
        complete = start + HOUR <= last and start not in uncertain
        yield UsagePoint(start, None, None, money[start], complete, read_at)


def _line(step: Step, when: int) -> Decimal:
    """What of the step was spent until `when`; exact at both ends, so that the parts add up."""
    if when >= step.end:
        return step.amount
    return (step.amount * (when - step.start) / (step.end - step.start)).quantize(_NANO)

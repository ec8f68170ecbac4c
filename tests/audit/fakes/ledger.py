"""The truth that the fakes tell: what each key used, hour by hour, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from random import Random
from typing import NamedTuple

HOUR = 3600
DAY = 86400
# Noon of a day in the middle of a month.
NOW = int(datetime(2026, 11, 22, 12, 30, tzinfo=timezone.utc).timestamp())


class Use(NamedTuple):
    """One hour of one key with one model; money is in US dollars."""

    start: int
    key: str
    model: str
    project: str
    requests: int
    inputs: int
    outputs: int
    money: Decimal


def used(start: int, key: str, requests: int, inputs: int, outputs: int, project: str = "proj_0") -> Use:
    """Use of gpt-4o, at its price."""
    money = inputs * Decimal("0.0000025") + outputs * Decimal("0.00001")
    return Use(start, key, "gpt-4o", project, requests, inputs, outputs, money)


class Ledger:
    """What was used; a test may add to it at any time, as a customer does."""

    def __init__(self, uses: Iterator[Use] | list[Use] = ()) -> None:  # type: ignore[assignment]  # empty is both
        self.uses = list(uses)

    def between(self, start: int, end: int) -> list[Use]:
        return [use for use in self.uses if start <= use.start < end]

    def buckets(self, start: int, end: int, width: int) -> list[tuple[int, list[Use]]]:
        """All buckets, empty ones too."""
        found: dict[int, list[Use]] = {at: [] for at in range(start, end, width)}
        for use in self.between(start, end):
            found[use.start - (use.start - start) % width].append(use)
        return list(found.items())

    @property
    def money(self) -> Decimal:
        return sum((use.money for use in self.uses), Decimal(0))

    @property
    def requests(self) -> int:
        return sum(use.requests for use in self.uses)


def ledger(hours: int = 48, keys: int = 2, until: int = NOW, seed: int = 7) -> Ledger:
    """Some use in the `hours` before `until`; some hours are empty."""
    random = Random(seed)
    uses = []
    for start in range(until - until % HOUR - hours * HOUR, until, HOUR):
        for number in range(keys):
            if random.random() < 0.3:
                continue
            inputs, outputs = random.randrange(1, 50_000), random.randrange(1, 9_000)
            requests = random.randrange(1, 90)
            uses.append(used(start, f"key_{number}", requests, inputs, outputs, f"proj_{number % 2}"))
    return Ledger(uses)

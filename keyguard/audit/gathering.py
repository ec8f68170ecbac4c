"""Adds up rows into series: rows that are the same to the account's grouping become one point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from keyguard.audit.failure import AnswerError
from keyguard.audit.times import floor, say
from keyguard.model.usage import DAY, SeriesName, Span, UsagePoint, UsageSeries

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.audit.prices import PriceTable
    from keyguard.audit.rows import Row
    from keyguard.providers.usage import UsageRead


class _Sum:
    """What the rows of one bucket add up to."""

    __slots__ = ("money", "requests", "tokens", "unpriced")

    def __init__(self) -> None:
        self.requests: int | None = None
        self.tokens: int | None = None
        self.money: Decimal | None = None
        self.unpriced = False

    def add(self, row: Row, money: Decimal | None, *, unpriced: bool) -> None:
        self.requests = _plus(self.requests, row.requests)
        self.tokens = _plus(self.tokens, row.tokens)
        if money is not None:
            self.money = money if self.money is None else self.money + money
        self.unpriced = self.unpriced or unpriced


class Bucket(NamedTuple):
    """How the points of one read are made."""

    account: Account
    read: UsageRead
    granularity: int
    span: Span
    read_at: int


class Gathering:
    """Takes rows, gives series. `unpriced` counts the use of each model that no price table names."""

    def __init__(self, bucket: Bucket, prices: PriceTable) -> None:
        self._bucket = bucket
        self._prices = prices
        self._sums: dict[SeriesName, dict[int, _Sum]] = {}
        self.unpriced: dict[str, int] = {}
        self.currencies: set[str] = set()
        self.negative: list[str] = []

    def take(self, rows: Iterable[Row]) -> None:
        bucket = self._bucket
        for row in rows:
            start = row.start
            if start is None:
                raise AnswerError(f"{bucket.read.id}: a row has no time")
            if bucket.granularity < DAY:
                start = floor(start, bucket.granularity)  # some begin their first bucket where the question does
            if not bucket.span.start - bucket.granularity < start < bucket.span.end:
                continue  # more than was asked for, and not known in whole
            money, unpriced = self._price(row, start)
            if money is not None and money < 0:
                self.negative.append(f"{money:f} {row.currency} at {say(start)}")
            if money is not None:
                self.currencies.add(row.currency)
            name = self._name(row)
            self._sums.setdefault(name, {}).setdefault(start, _Sum()).add(row, money, unpriced=unpriced)

    def series(self) -> Iterator[UsageSeries]:
        """The points so far. Money is None where a part of it has no price: unknown is not 0."""
        width, lag, now = self._bucket.granularity, self._bucket.read.lag, self._bucket.read_at
        for name, sums in self._sums.items():
            points = (
                UsagePoint(
                    start,
                    each.requests,
                    each.tokens,
                    None if each.unpriced else each.money,
                    start + width + lag <= now,
                    now,
                )
                for start, each in sorted(sums.items())
            )
            yield UsageSeries(name, tuple(points))

    def _price(self, row: Row, start: int) -> tuple[Decimal | None, bool]:
        if self._bucket.read.basis != "priced":
            return row.money, False
        money = self._prices.cost(self._bucket.account.provider, row.model, start, row.meters, batch=row.batch)
        if money is None:
            used = sum(row.meters.values())
            self.unpriced[row.model or "(no model named)"] = (
                self.unpriced.get(row.model or "(no model named)", 0) + used
            )
        return money, money is None

    def _name(self, row: Row) -> SeriesName:
        account, read = self._bucket.account, self._bucket.read
        group = account.group
        return SeriesName(
            account.provider,
            account.name,
            row.key if "key" in group else "",
            row.model if "model" in group else "",
            row.project if "project" in group else "",
            read.id,
            self._bucket.granularity,
            row.currency,
            read.basis,
            read.unit,
        )


def complete_until(read: UsageRead, granularity: int, now: int) -> int:
    """Up to when buckets no longer grow: before that, a bucket without a point is 0."""
    return floor(now - read.lag, granularity)


def say_unpriced(unpriced: Mapping[str, int]) -> str:
    """One line that names the models without a price."""
    named = ", ".join(f"{model} ({count:,})" for model, count in sorted(unpriced.items()))
    return f"no price is known for {named}: not counted in money; [audit] prices names a table of your own"


def _plus(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else one + other

"""Usage figures added up by SQLite: exact, and a thousandth of the points to carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from keyguard.model.usage import SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import Database
from keyguard.state.usage import NANO

# Whole units and the rest apart: a sum of 1e-9 alone could be too big for SQLite.
_SUMS: Final = f"""
    start - start % ? AS bucket, sum(requests), sum(tokens), count(money),
    sum(CASE typeof(money) WHEN 'integer' THEN money / {10**NANO} END),
    sum(CASE typeof(money) WHEN 'integer' THEN money % {10**NANO} END),
    group_concat(CASE typeof(money) WHEN 'text' THEN money END, ' '), max(partial), max(read_at)
"""
_OF_SERIES: Final = f"SELECT {_SUMS} FROM usage_points WHERE series = ? AND start >= ? AND start < ? GROUP BY bucket"  # noqa: S608 - our own
_OF_ACCOUNT: Final = (
    f"SELECT {_SUMS}, basis, currency, granularity FROM usage_series JOIN usage_points ON series = id"  # noqa: S608 - our own
    " WHERE provider = ? AND account = ? AND start >= ? AND start < ?"
    " GROUP BY basis, currency, granularity, bucket ORDER BY basis, currency, granularity, bucket"
)


class Unpriced(NamedTuple):
    """Use of a model that the price table does not name: its money is not known."""

    model: str
    requests: int
    tokens: int
    unit: str


def summed(state: Database, chosen: Iterable[tuple[int, SeriesName]], span: Span, width: int) -> Iterator[UsageSeries]:
    """Series by number, with one point for each `width` seconds. Names say the granularity that was read."""
    for number, name in chosen:
        rows = state.rows(_OF_SERIES, (width, number, *span))
        if rows:
            yield UsageSeries(name, tuple(map(_point, rows)))


def merged(state: Database, provider: str, account: str, span: Span, width: int) -> list[UsageSeries]:
    """An account's series added up: one for each basis, currency and granularity."""
    found: dict[SeriesName, list[UsagePoint]] = {}
    for *sums, basis, currency, granularity in state.rows(_OF_ACCOUNT, (width, provider, account, *span)):
        name = SeriesName(provider, account, granularity=granularity, currency=currency, basis=basis)
        found.setdefault(name, []).append(_point(sums))
    return [UsageSeries(name, tuple(points)) for name, points in found.items()]


def unpriced(state: Database, provider: str, account: str, span: Span) -> list[Unpriced]:
    """Models whose use in `span` has no money for want of a price, the most used first."""
    rows = state.rows(
        "SELECT model, sum(coalesce(requests, 0)), sum(coalesce(tokens, 0)), max(unit) FROM usage_series"
        " JOIN usage_points ON series = id WHERE provider = ? AND account = ? AND basis = 'priced'"
        " AND money IS NULL AND start >= ? AND start < ? AND (requests > 0 OR tokens > 0)"
        " GROUP BY model ORDER BY 2 DESC, 1",
        (provider, account, *span),
    )
    return [Unpriced(*row) for row in rows]


def points_from(state: Database, provider: str, account: str, start: int) -> int:
    """How many points of an account begin at `start` or later."""
    ((count,),) = state.rows(
        "SELECT count(*) FROM usage_series JOIN usage_points ON series = id"
        " WHERE provider = ? AND account = ? AND start >= ?",
        (provider, account, start),
    )
    return int(count)


def _point(row: Iterable[Any]) -> UsagePoint:
    start, requests, tokens, told, whole, rest, texts, partial, read_at = row
    money = None
    if told:
        money = Decimal((whole or 0) * 10**NANO + (rest or 0)).scaleb(-NANO)
        if texts:
            money += sum(map(Decimal, texts.split()), Decimal(0))
    return UsagePoint(start, requests, tokens, money, not partial, read_at)

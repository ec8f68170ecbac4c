from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from keyguard.model.usage import DAY, HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import Database, open_state
from keyguard.state.usage import AREA, Choice, Place, named, replace_points
from keyguard.state.usage_sums import Unpriced, merged, points_from, summed, unpriced

NAME = SeriesName("openai", "main", "k", "m", "", "completions", HOUR, "USD", "priced")
EVER = Span(0, 10 * DAY)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [AREA]) as opened:
        yield opened


def keep(state: Database, *series: UsageSeries) -> None:
    replace_points(state, Place("openai", "main", "completions"), HOUR, EVER, series)


def point(hour: int, money: str | None, requests: int | None = None, *, complete: bool = True) -> UsagePoint:
    return UsagePoint(hour * HOUR, requests, None, None if money is None else Decimal(money), complete, hour)


def sums(state: Database, width: int = DAY, span: Span = EVER) -> list[tuple[int, Decimal | None, bool]]:
    (found,) = summed(state, named(state, Choice()), span, width)
    return [(each.start // DAY, each.money, each.complete) for each in found.points]


def test_nothing_adds_up_to_nothing(state: Database) -> None:
    assert list(summed(state, named(state, Choice()), EVER, DAY)) == []
    assert merged(state, "openai", "main", EVER, DAY) == []
    assert unpriced(state, "openai", "main", EVER) == []
    assert points_from(state, "openai", "main", 0) == 0


def test_what_is_not_told_is_not_zero(state: Database) -> None:
    keep(state, UsageSeries(NAME, (point(1, None, 3), point(2, None))))
    assert sums(state) == [(0, None, True)]
    (found,) = summed(state, named(state, Choice()), EVER, DAY)
    assert (found.points[0].requests, found.points[0].tokens) == (3, None)


AMOUNTS = [
    ("0.1", "0.2", "0.3"),
    ("0.000000001", "0.0000000000001", "0.0000000010001"),
    ("-1.5", "0.25", "-1.25"),
    ("9000000000", "9000000000.5", "18000000000.5"),
    ("12345678901234567890", "0.1", "12345678901234567890.1"),
]


@pytest.mark.parametrize(("one", "other", "total"), AMOUNTS)
def test_sums_are_exact(state: Database, one: str, other: str, total: str) -> None:
    keep(state, UsageSeries(NAME, (point(1, one), point(2, other))))
    assert sums(state) == [(0, Decimal(total), True)]
    (all_of_it,) = merged(state, "openai", "main", EVER, DAY)
    assert all_of_it.points[0].money == Decimal(total)


def test_buckets_are_apart_and_one_that_can_grow_is_not_complete(state: Database) -> None:
    keep(state, UsageSeries(NAME, (point(23, "1"), point(24, "2"), point(25, "4", complete=False), point(48, "8"))))
    assert sums(state) == [(0, Decimal(1), True), (1, Decimal(6), False), (2, Decimal(8), True)]
    assert sums(state, span=Span(DAY, 2 * DAY)) == [(1, Decimal(6), False)]
    assert points_from(state, "openai", "main", 25 * HOUR) == 2


def test_bases_currencies_and_widths_are_not_merged(state: Database) -> None:
    others = [NAME._replace(basis="billed"), NAME._replace(currency="EUR"), NAME._replace(granularity=DAY)]
    keep(state, *(UsageSeries(name, (point(0, "1"),)) for name in (NAME, NAME._replace(key="l"), *others)))
    found = merged(state, "openai", "main", EVER, DAY)
    told = [(each.name.basis, each.name.currency, each.name.granularity, str(each.points[0].money)) for each in found]
    assert told == [
        ("billed", "USD", HOUR, "1.000000000"),
        ("priced", "EUR", HOUR, "1.000000000"),
        ("priced", "USD", HOUR, "2.000000000"),
        ("priced", "USD", DAY, "1.000000000"),
    ]


def test_only_used_models_without_a_price_are_named(state: Database) -> None:
    keep(
        state,
        UsageSeries(NAME._replace(model="new"), (point(1, None, 3), point(2, None, 4), point(200, None, 9))),
        UsageSeries(NAME._replace(model="idle"), (point(1, None, 0),)),
        UsageSeries(NAME._replace(model="known"), (point(1, "1", 5),)),
        UsageSeries(NAME._replace(model="counted", basis="count"), (point(1, None, 5),)),
    )
    assert unpriced(state, "openai", "main", Span(0, DAY)) == [Unpriced("new", 7, 0, "tokens")]

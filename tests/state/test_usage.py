from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.model.usage import HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import Database, open_state
from keyguard.state.usage import (
    AREA,
    Choice,
    Outcome,
    Place,
    Reading,
    _exact,
    _stored,
    coverage,
    forget,
    keep_outcome,
    keep_readings,
    outcomes,
    readings,
    replace_points,
    series,
    sources,
)

PLACE = Place("openai", "main", "costs")
NAME = SeriesName("openai", "main", "key_1", "", "", "costs", HOUR, "USD")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [AREA]) as opened:
        yield opened


def hours(*money: str, first: int = 0, name: SeriesName = NAME) -> UsageSeries:
    points = (UsagePoint(HOUR * (first + n), n, 10 * n, Decimal(text), read_at=7) for n, text in enumerate(money))
    return UsageSeries(name, tuple(points))


def put(state: Database, low: int, high: int, *given: UsageSeries) -> tuple[int, int]:
    return replace_points(state, PLACE, HOUR, Span(low * HOUR, high * HOUR), given)


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_no_digit_of_money_is_lost(money: Decimal) -> None:
    assert _exact(_stored(money)) == money


@pytest.mark.parametrize("money", ["NaN", "Infinity", "-Infinity"])
def test_refuses_money_that_is_no_number(money: str) -> None:
    with pytest.raises(ValueError, match="money is"):
        _stored(Decimal(money))


def test_usual_amounts_are_small_integers() -> None:
    assert _stored(Decimal("0.06")) == 60_000_000
    assert _stored(Decimal("-1E-9")) == -1
    assert _stored(Decimal("1E-10")) == "1E-10"
    assert _stored(Decimal("1E400")) == "1E+400"


def test_gives_back_what_was_put_in(state: Database) -> None:
    one = hours("0.1", "123456789.123456789012345678901234567890")
    assert put(state, 0, 2, one) == (0, 2)
    assert list(series(state)) == [one]


def test_reading_again_replaces_and_takes_back(state: Database) -> None:
    put(state, 0, 4, hours("1", "2", "3", "4"), hours("9", first=1, name=NAME._replace(key="key_2")))
    assert put(state, 1, 3, hours("20", first=1)) == (3, 1)
    assert [[(p.start // HOUR, p.money) for p in each.points] for each in series(state)] == [
        [(0, Decimal(1)), (1, Decimal(20)), (3, Decimal(4))]
    ]


def test_another_account_and_another_source_stay_as_they_are(state: Database) -> None:
    other = NAME._replace(account="second")
    replace_points(state, Place("openai", "second", "costs"), HOUR, Span(0, HOUR), [hours("5", name=other)])
    more = NAME._replace(source="completions")
    replace_points(state, Place("openai", "main", "completions"), HOUR, Span(0, HOUR), [hours("6", name=more)])
    put(state, 0, 1)
    assert [each.name for each in series(state)] == [more, other]
    assert sources(state, "openai", "main") == [("completions", HOUR), ("costs", HOUR)]


def test_a_failing_source_leaves_all_as_it_was(state: Database) -> None:
    put(state, 0, 2, hours("1", "2"))

    def failing() -> Iterator[UsageSeries]:
        yield hours("7", "8")
        raise KeyError

    with pytest.raises(KeyError):
        replace_points(state, PLACE, HOUR, Span(0, 2 * HOUR), failing())
    assert list(series(state)) == [hours("1", "2")]


def test_chooses(state: Database) -> None:
    put(state, 0, 3, hours("1", "2", "3"), hours("9", name=NAME._replace(key="key_2")))
    assert [each.name.key for each in series(state, Choice(key="key_2"))] == ["key_2"]
    assert [len(each.points) for each in series(state, Choice(since=HOUR, until=2 * HOUR))] == [1]
    assert list(series(state, Choice(provider="openai", account="none"))) == []
    assert list(series(state, Choice(granularity=60))) == []


def test_stretches_that_meet_become_one(state: Database) -> None:
    put(state, 0, 2)
    put(state, 5, 6)
    assert coverage(state, PLACE, HOUR) == (Span(0, 2 * HOUR), Span(5 * HOUR, 6 * HOUR))
    put(state, 2, 3)
    put(state, 1, 2)
    assert coverage(state, PLACE, HOUR) == (Span(0, 3 * HOUR), Span(5 * HOUR, 6 * HOUR))
    put(state, 2, 7)
    assert coverage(state, PLACE, HOUR) == (Span(0, 7 * HOUR),)
    assert coverage(state, PLACE, 60) == ()


def test_readings_come_with_the_last_before(state: Database) -> None:
    taken = [Reading("", "USD", 0, when, Decimal(10 - when)) for when in range(4)]
    keep_readings(state, PLACE, taken)
    keep_readings(state, PLACE, [taken[3]._replace(value=Decimal("6.5"))])
    assert [each.taken for each in readings(state, PLACE, since=2)] == [2, 3]
    assert readings(state, PLACE)[-1].value == Decimal("6.5")
    assert readings(state, PLACE._replace(account="none")) == []


def test_forgets_the_old_and_keeps_the_last_reading(state: Database) -> None:
    put(state, 0, 4, hours("1", "2", "3", "4"), hours("9", name=NAME._replace(key="key_2")))
    keep_readings(state, PLACE, [Reading("", "USD", 0, when, Decimal(1)) for when in (1, 2)])
    assert forget(state, 2 * HOUR) == 3
    assert [[p.start // HOUR for p in each.points] for each in series(state)] == [[2, 3]]
    assert coverage(state, PLACE, HOUR) == (Span(2 * HOUR, 4 * HOUR),)
    assert [each.taken for each in readings(state, PLACE)] == [2]
    assert state.rows("SELECT count(*) FROM usage_series") == [(1,)]


def test_remembers_how_the_last_read_ended(state: Database) -> None:
    keep_outcome(state, Outcome("openai", "main", "costs", 5, "refused"))
    keep_outcome(state, Outcome("openai", "main", "costs", 6, ""))
    assert outcomes(state) == [Outcome("openai", "main", "costs", 6, "")]


def test_a_point_takes_few_bytes(state: Database) -> None:
    """500 keys with 90 days of hours must stay under 100 MB: under 90 bytes for each point."""
    keys, days = 20, 20
    names = [NAME._replace(key=f"key_{number:024}", model="gpt-4o", project="proj_1") for number in range(keys)]
    for day in range(days):  # as they come: a day at a time, with the day before once more
        first = max(0, day - 1) * 24
        span = Span(first * HOUR, (day + 1) * 24 * HOUR)
        money = [f"{number}.1234567" for number in range(first, (day + 1) * 24)]
        replace_points(state, PLACE, HOUR, span, [hours(*money, first=first, name=name) for name in names])
    ((size,),) = state.rows("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
    assert size / (keys * days * 24) < 60

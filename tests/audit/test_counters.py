from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from keyguard.audit.counters import spendings
from keyguard.model.usage import HOUR
from keyguard.state.usage import Reading

AMOUNTS = st.decimals(0, 10**6, places=7)


def line(*values: tuple[int, str], period: int = 0) -> list[Reading]:
    return [Reading("k", "USD", period, taken, Decimal(value)) for taken, value in values]


def test_one_reading_says_nothing() -> None:
    (spending,) = spendings(line((HOUR, "5")), "balance", 0, 0)
    assert spending.points == ()


def test_a_top_up_hides_what_was_spent_beside_it() -> None:
    (spending,) = spendings(line((0, "5"), (HOUR, "55"), (2 * HOUR, "54")), "balance", 0, 0)
    assert [(point.money, point.complete) for point in spending.points] == [(Decimal(0), False), (Decimal(1), True)]
    assert spending.notes[0].startswith("50 USD paid in between 1970-01-01 00:00 UTC and 1970-01-01 01:00 UTC")


def test_a_counter_that_falls_began_anew() -> None:
    (spending,) = spendings(line((HOUR, "5"), (2 * HOUR, "2")), "counter", 0, 0)
    assert sum(point.money or 0 for point in spending.points) == 2
    assert "fell by 3" in spending.notes[0]


def test_a_counter_of_a_period_begins_at_zero() -> None:
    (spending,) = spendings(line((3 * HOUR, "4"), period=HOUR), "counter", 0, 0)
    assert [(point.start // HOUR, point.money) for point in spending.points] == [(1, Decimal(2)), (2, Decimal(2))]


def test_periods_do_not_mix() -> None:
    readings = [*line((2 * HOUR, "4"), period=HOUR), *line((10 * HOUR, "1"), period=9 * HOUR)]
    (spending,) = spendings(readings, "counter", 0, 0)
    assert sum(point.money or 0 for point in spending.points) == 5


def test_a_long_gap_is_spread_and_said_to_be_a_guess() -> None:
    (spending,) = spendings(line((0, "9"), (9 * HOUR, "0")), "balance", 0, 0)
    assert [point.money for point in spending.points] == [1] * 9
    assert not any(point.complete for point in spending.points)


def test_the_hour_that_runs_is_not_final() -> None:
    (spending,) = spendings(line((0, "9"), (HOUR, "8"), (HOUR + 600, "7")), "balance", 0, 0)
    assert [point.complete for point in spending.points] == [True, False]


@given(st.lists(st.tuples(st.integers(1, 5 * HOUR), AMOUNTS), min_size=1, max_size=12))
def test_hours_add_up_to_what_the_counter_rose_by(steps: list[tuple[int, Decimal]]) -> None:
    taken, value = 1000, Decimal(0)
    readings = [Reading("", "USD", 0, taken, value)]
    for wait, amount in steps:
        taken, value = taken + wait, value + amount
        readings.append(Reading("", "USD", 0, taken, value))
    (spending,) = spendings(readings, "counter", 0, 0)
    assert sum((point.money or Decimal(0) for point in spending.points), Decimal(0)) == value
    assert all((point.money or 0) >= 0 for point in spending.points)


@given(st.lists(st.tuples(st.integers(600, 5 * HOUR), AMOUNTS), min_size=2, max_size=8), st.integers(1, 7))
def test_hours_are_the_same_however_far_back_they_are_made_again(steps: list[tuple[int, Decimal]], cut: int) -> None:
    taken, value = 1000, Decimal(0)
    readings = [Reading("", "USD", 0, taken, value)]
    for wait, amount in steps:
        taken, value = taken + wait, value + amount
        readings.append(Reading("", "USD", 0, taken, value))
    (whole,) = spendings(readings, "counter", 0, 0)
    since = readings[min(cut, len(readings) - 1)].taken // HOUR * HOUR
    before = [number for number, reading in enumerate(readings) if reading.taken <= since]
    (again,) = spendings(readings[before[-1] if before else 0 :], "counter", since, 0)
    assert list(again.points) == [point for point in whole.points if point.start >= since]

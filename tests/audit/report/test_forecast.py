from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from decimal import Decimal

import pytest
from spending import BEGIN, invent

from keyguard.audit.report.forecast import forecast, month_of
from keyguard.audit.report.normal import with_normals
from keyguard.audit.times import parse_time
from keyguard.model.usage import DAY
from keyguard.model.usage_report import Bucket, Normal

FIRST = parse_time("2026-02-01", "date")
NOW = FIRST + 10 * DAY + 3600


def month(amount: str = "2", *, known: int = 10, normal: bool = True) -> list[Bucket]:
    """28 days, `known` of them final."""
    return [
        Bucket(
            FIRST + day * DAY,
            Decimal(amount) if day < known else None,
            day < known,
            Normal(3, 2, 4) if normal else None,
        )
        for day in range(28)
    ]


def test_too_little_is_no_forecast() -> None:
    found = forecast(month(normal=False), NOW, Decimal(100))
    assert (found.so_far, found.expected, found.high, found.pace, found.reached) == (
        Decimal(20),
        None,
        None,
        None,
        None,
    )
    assert forecast([], NOW, None).so_far == 0


def test_what_is_known_counts_as_it_is_and_the_rest_as_normal() -> None:
    found = forecast(month(), NOW, None)
    assert found.until == FIRST + 28 * DAY
    assert found.expected == 20 + 18 * 3
    assert found.pace == 28 * 2
    assert found.low is not None
    assert found.high is not None
    assert found.low < 74 < found.high


def test_a_day_that_is_not_over_counts_no_less_than_normal_and_no_less_than_it_holds() -> None:
    days = month()
    days[10] = days[10]._replace(amount=Decimal(1))
    assert forecast(days, NOW, None).expected == 74
    days[10] = days[10]._replace(amount=Decimal(50))
    assert forecast(days, NOW, None).expected == 20 + 50 + 17 * 3
    assert forecast(days, NOW, None).so_far == 70


def test_a_gap_counts_as_normal() -> None:
    days = month()
    days[4] = days[4]._replace(amount=None, final=False)
    assert forecast(days, NOW, None).expected == 18 + 19 * 3


def test_the_past_of_the_month_is_all_there_is_at_its_end() -> None:
    found = forecast(month(known=28), FIRST + 28 * DAY - 1, Decimal(56))
    assert (found.expected, found.low, found.high, found.pace) == (56, 56, 56, 56)
    assert found.reached == FIRST + 27 * DAY


@pytest.mark.parametrize(("limit", "day"), [("5", 2), ("20", 9), ("23", 10), ("74", 27), ("75", None), ("0", 0)])
def test_the_day_on_which_the_limit_is_reached(limit: str, day: int | None) -> None:
    assert forecast(month(), NOW, Decimal(limit)).reached == (None if day is None else FIRST + day * DAY)


def test_months_are_utc() -> None:
    assert month_of(parse_time("2026-02-28T23:59:59Z", "rfc3339")) == (FIRST, FIRST + 28 * DAY)
    assert month_of(parse_time("2026-12-31", "date")).end == parse_time("2027-01-01", "date")


def test_nine_in_ten_honest_months_end_within_the_range() -> None:
    now = parse_time("2026-03-11", "date")
    known, last = (now - BEGIN) // DAY, (month_of(now).end - BEGIN) // DAY
    inside = []
    for seed in range(3):
        days = invent(seed, 60).true.reshape(90, 24, 60).sum(axis=1)[:last].round(4)
        courses = [
            [
                Bucket(BEGIN + day * DAY, Decimal(str(one)) if day < known else None, day < known)
                for day, one in enumerate(key)
            ]
            for key in days.T
        ]
        for course, key in zip(with_normals(courses, "USD", DAY), days.T):
            found = forecast(course, now, None)
            truth = sum(key[(month_of(now).start - BEGIN) // DAY :])
            assert found.low is not None
            assert found.high is not None
            inside.append(found.low <= truth <= found.high)
    assert 0.84 < sum(inside) / len(inside) < 0.97

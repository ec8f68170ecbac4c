from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))

from decimal import Decimal

from spending import BEGIN, invent

from keyguard.audit.report.figures import REQUESTS
from keyguard.audit.report.normal import with_normals
from keyguard.model.usage import DAY, HOUR
from keyguard.model.usage_report import Bucket


def course(*amounts: float | None, width: int = DAY, final: bool = True) -> list[Bucket]:
    return [
        Bucket(BEGIN + number * width, None if each is None else Decimal(str(each)), final and each is not None)
        for number, each in enumerate(amounts)
    ]


def test_nothing_is_normal_before_a_week_is_known() -> None:
    assert with_normals([], "USD", DAY) == []
    assert with_normals([[]], "USD", DAY) == [()]
    (found,) = with_normals([course(*[5.0] * 9)], "USD", DAY)
    assert [each.normal is None for each in found] == [True] * 7 + [False] * 2
    (hours,) = with_normals([course(*[5.0] * 26, width=HOUR)], "USD", HOUR)
    assert [each.normal is None for each in hours] == [True] * 24 + [False] * 2


def test_the_unknown_and_the_unfinished_teach_nothing() -> None:
    unfinished = course(*[5.0] * 10) + [
        each._replace(start=each.start + 10 * DAY) for each in course(*[500.0] * 5, final=False)
    ]
    (found,) = with_normals([unfinished + course(*[None] * 16)[15:]], "USD", DAY)
    assert found[-1].normal
    assert 4.9 < found[-1].normal.expected < 5.1
    (gaps,) = with_normals([course(5, 5, None, None, 5, 5, 5, 5, 5, None, None)], "USD", DAY)
    assert [each.normal is not None for each in gaps] == [False] * 9 + [True] * 2
    assert [each.amount for each in gaps][2:4] == [None, None]


def test_what_comes_later_changes_nothing_before() -> None:
    days = [3.0, 4, 5, 3, 4, 5, 3, 4, 5, 3, 4, 5]
    (short,) = with_normals([course(*days)], "USD", DAY)
    (longer,) = with_normals([course(*days, 900, 900)], "USD", DAY)
    assert longer[: len(short)] == short


def test_one_course_is_judged_without_the_others() -> None:
    one, other = course(*[3.0] * 12), course(*[700.0] * 12)
    assert with_normals([one, other], "USD", DAY)[0] == with_normals([one], "USD", DAY)[0]


def test_requests_are_normal_too() -> None:
    (found,) = with_normals([course(*[1200.0] * 10)], REQUESTS, DAY)
    assert found[-1].normal
    assert 1000 < found[-1].normal.low < 1200 < found[-1].normal.high < 1400


def test_the_week_is_learned() -> None:
    weeks = ([10.0] * 5 + [1.0] * 2) * 8
    (found,) = with_normals([course(*weeks, *[None] * 7)], "USD", DAY)
    coming = [each.normal.expected for each in found[-7:] if each.normal]
    assert min(coming[:5]) > 2 * max(coming[5:])


def test_a_theft_stands_out_and_does_not_become_normal() -> None:
    (found,) = with_normals([course(*[5.0, 6, 5, 4, 5, 6, 5] * 4, 60, 60, 5)], "USD", DAY)
    assert all(float(each.amount or 0) > each.normal.high for each in found[-3:-1] if each.normal)
    assert found[-1].normal
    assert found[-1].normal.high < 12


def test_nineteen_of_twenty_honest_days_keep_to_the_band() -> None:
    days = invent(3, 60).true.reshape(90, 24, 60).sum(axis=1)
    courses = with_normals([course(*days[:, key].round(4)) for key in range(60)], "USD", DAY)
    judged = [each for one in courses for each in one[30:] if each.normal]
    inside = sum(each.normal.low <= float(each.amount or 0) <= each.normal.high for each in judged if each.normal)
    assert 0.93 < inside / len(judged) < 0.97

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.audit.failure import AnswerError
from keyguard.audit.times import (
    ceiling,
    floor,
    missing,
    month_start,
    next_month,
    parse_time,
    pieces,
    say,
    write_time,
)
from keyguard.model.usage import DAY, HOUR, Span

MOMENT = 1_795_350_645  # 2026-11-22 12:30:45 UTC


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("soon", "rfc3339"),
        (None, "unix"),
        ("", "unix"),
        ("NaN", "unix"),
        ("1e99", "unix"),
        ([], "date"),
        (99, "day-number"),
    ],
)
def test_refuses_what_is_no_time(value: object, form: str) -> None:
    with pytest.raises(AnswerError, match="a time is"):
        parse_time(value, form)


@pytest.mark.parametrize(
    ("value", "form", "seconds"),
    [
        (MOMENT, "unix", MOMENT),
        (MOMENT * 1000, "unix-ms", MOMENT),
        ("2026-11-22T12:30:45Z", "rfc3339", MOMENT),
        ("2026-11-22T12:30:45.123456789Z", "rfc3339", MOMENT),
        ("2026-11-22T14:30:45+02:00", "rfc3339", MOMENT),
        ("2026-11-22T12:30:45", "rfc3339", MOMENT),
        ("2026-11-22T12", "rfc3339", floor(MOMENT, HOUR)),
        ("2026-11-22 12:30:45", "text", MOMENT),
        ("2026-11-22", "date", floor(MOMENT, DAY)),
        (20261122, "day-number", floor(MOMENT, DAY)),
    ],
)
def test_reads_times(value: object, form: str, seconds: int) -> None:
    assert parse_time(value, form) == seconds


@given(st.integers(0, 4_000_000_000), st.sampled_from(["unix", "unix-ms", "rfc3339", "text"]))
def test_reads_what_it_writes(seconds: int, form: str) -> None:
    assert parse_time(write_time(seconds, form), form) == seconds


def test_writes_days() -> None:
    assert write_time(MOMENT, "date") == "2026-11-22"
    assert say(MOMENT) == "2026-11-22 12:30 UTC"


@given(st.integers(0, 4_000_000_000), st.integers(1, 100_000), st.sampled_from([0, -1, HOUR, DAY]))
def test_pieces_are_the_whole(start: int, length: int, window: int) -> None:
    cut = list(pieces(Span(start, start + length), window))
    assert cut[0].start == start
    assert cut[-1].end == start + length
    assert all(one.end == two.start for one, two in pairwise(cut))
    assert all(each.start < each.end for each in cut)
    if window > 0:
        assert all(each.end - each.start <= window for each in cut)


def test_months() -> None:
    assert say(month_start(MOMENT)) == "2026-11-01 00:00 UTC"
    assert say(next_month(MOMENT)) == "2026-12-01 00:00 UTC"
    assert [say(each.start)[:10] for each in pieces(Span(month_start(MOMENT) - DAY, MOMENT), -1)] == [
        "2026-10-31",
        "2026-11-01",
    ]


@given(st.integers(-1000, 1000), st.integers(1, 50))
def test_floor_and_ceiling(seconds: int, width: int) -> None:
    assert floor(seconds, width) <= seconds <= ceiling(seconds, width)
    assert ceiling(seconds, width) - floor(seconds, width) in (0, width)


def test_gaps_are_what_is_not_covered() -> None:
    assert missing(Span(0, 10), []) == (Span(0, 10),)
    assert missing(Span(0, 10), [Span(0, 10)]) == ()
    assert missing(Span(0, 10), [Span(2, 4), Span(6, 20)]) == (Span(0, 2), Span(4, 6))
    assert missing(Span(0, 10), [Span(-5, 1), Span(20, 30)]) == (Span(1, 10),)

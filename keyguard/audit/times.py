"""Points in time as providers write them, and the stretches of time that are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from keyguard.audit.failure import AnswerError
from keyguard.model.usage import DAY, Span

_FORMATS = {"rfc3339": "%Y-%m-%dT%H:%M:%SZ", "date": "%Y-%m-%d", "text": "%Y-%m-%d %H:%M:%S", "day-number": "%Y%m%d"}
_LATEST = 32_503_680_000  # the year 3000
_FRACTION = re.compile(r"\.\d+")


def write_time(seconds: int, form: str) -> str:
    """`seconds` (Unix, UTC) in one of the forms of a provider file."""
    if form in ("unix", "seconds"):
        return str(seconds)
    if form == "unix-ms":
        return str(seconds * 1000)
    return moment(seconds).strftime(_FORMATS[form])


def parse_time(value: Any, form: str) -> int:
    """Unix seconds. A time without an offset is UTC; AnswerError for what is no time."""
    try:
        if form in ("unix", "unix-ms", "seconds"):
            number = Decimal(str(value)) / (1000 if form == "unix-ms" else 1)
            return _within(int(number))
        text = str(value).strip()
        if form == "day-number":
            return _seconds(datetime.strptime(text[:8], "%Y%m%d"))  # noqa: DTZ007 - made UTC below
        # Python 3.10 reads neither Z nor fractions of more than six digits.
        return _seconds(datetime.fromisoformat(_FRACTION.sub("", text.replace("Z", "+00:00").replace(" UTC", ""))))
    except (ValueError, ArithmeticError, OverflowError):
        raise AnswerError(f"a time is {_shown(value)}, expected {form}") from None


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def say(seconds: int) -> str:
    """A time for people: 2026-11-22 14:05 UTC."""
    return moment(seconds).strftime("%Y-%m-%d %H:%M UTC")


def floor(seconds: int, width: int) -> int:
    return seconds - seconds % width


def ceiling(seconds: int, width: int) -> int:
    return -(-seconds // width) * width


def month_start(seconds: int) -> int:
    """The first second of the month (UTC) that `seconds` lies in."""
    return _seconds(moment(seconds).replace(day=1, hour=0, minute=0, second=0))


def next_month(seconds: int) -> int:
    return month_start(month_start(seconds) + 32 * DAY)


def pieces(span: Span, window: int) -> Iterator[Span]:
    """`span` in stretches of at most `window` seconds (-1: calendar months, 0: no limit), oldest first."""
    start = span.start
    while start < span.end:
        end = span.end if not window else next_month(start) if window < 0 else start + window
        yield Span(start, min(end, span.end))
        start = end


def missing(span: Span, known: Iterable[Span]) -> tuple[Span, ...]:
    """The stretches of `span` that none of `known` (in order, apart) covers."""
    gaps: list[Span] = []
    start = span.start
    for each in known:
        if each.start > start and start < span.end:
            gaps.append(Span(start, min(each.start, span.end)))
        start = max(start, each.end)
    if start < span.end:
        gaps.append(Span(start, span.end))
    return tuple(gaps)


def _within(seconds: int) -> int:
    if 0 <= seconds < _LATEST:
        return seconds
    raise ValueError(seconds)


def _seconds(when: datetime) -> int:
    aware = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return (aware - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."

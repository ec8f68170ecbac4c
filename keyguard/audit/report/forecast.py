"""What the month will hold: what is known of it, and for the rest what is normal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from typing import Final

from keyguard.audit.times import month_start, next_month
from keyguard.model.usage import Span
from keyguard.model.usage_report import Bucket, Forecast

_WEEKS: Final = 56  # days that show how far off the baseline is
_NINE_IN_TEN: Final = 1.645
_SHARED: Final = 2.0  # days whose mean the level is about as sure as: it errs for all days to come alike
_PACE: Final = 7  # final days that make the pace


def month_of(now: int) -> Span:
    """The UTC month of `now`."""
    return Span(month_start(now), next_month(now))


def forecast(days: Sequence[Bucket], now: int, limit: Decimal | None) -> Forecast:
    """From days (oldest first) that reach to the end of the month. A day that is not final counts as what it holds,
    but no less than what is normal; an unknown or coming one as what is normal.
    """
    month = month_of(now)
    own = [each for each in days if month.start <= each.start < month.end]
    so_far = sum((each.amount for each in own if each.amount is not None), Decimal(0))
    bare = Forecast(month.end, so_far, limit=limit)
    known = [each for each in own if each.final and each.amount is not None]
    open_days = [each for each in own if each not in known]
    normals = [each.normal for each in open_days if each.normal is not None]
    if len(normals) < len(open_days):
        return bare._replace(reached=_reached(own, limit))
    rest = sum(max(float(each.amount or 0), normal.expected) for each, normal in zip(open_days, normals))
    expected = float(sum((each.amount for each in known if each.amount is not None), Decimal(0))) + rest
    reach = _NINE_IN_TEN * _deviation(days, len(open_days))
    return bare._replace(
        expected=expected,
        low=max(min(float(so_far), expected), expected - reach),
        high=expected + reach,
        pace=expected - rest + len(open_days) * _pace(days, now),
        reached=_reached(own, limit),
    )


def _deviation(days: Sequence[Bucket], coming: int) -> float:
    """Of the sum of `coming` days, by how far the last weeks were off: each day errs on its own, and all of them with
    the level. The worst twentieth counts as the one before it: a theft is no habit.
    """
    off = sorted(
        abs(float(each.amount) - each.normal.expected)
        for each in [day for day in days if day.final and day.amount is not None and day.normal][-_WEEKS:]
        if each.amount is not None and each.normal is not None
    )
    worst = off[(len(off) - 1) * 19 // 20] if off else 0.0
    square = sum(min(one, worst) ** 2 for one in off) / max(1, len(off))
    return sqrt(square * (coming + coming * coming / _SHARED))


def _pace(days: Sequence[Bucket], now: int) -> float:
    last = [float(each.amount) for each in days if each.final and each.amount is not None and each.start < now][-_PACE:]
    return sum(last) / max(1, len(last))


def _reached(days: Sequence[Bucket], limit: Decimal | None) -> int | None:
    """The day on which the month reaches its limit, as far as days are known or have a normal."""
    if limit is None:
        return None
    total = 0.0
    for day in days:
        expected = day.normal.expected if day.normal and not (day.final and day.amount is not None) else 0.0
        total += max(float(day.amount or 0), expected)
        if total >= float(limit):
            return day.start
    return None

"""What others do, on hourly dollars of one key: each gives the hours at which it would alarm.

fixed limit: a daily limit of twice the mean day of the first 30 days (at least $5), checked each hour. mean + 2
sigma: at the end of each day, against the 30 days before, by the published rule of sundaysky/cost-anomaly-detector
and emicklei/moneypenny (also 1.25 times the mean, and $10 above it). daily, late: our stand-in for AWS Cost Anomaly
Detection, whose model is not published: days are judged one day after their end (its data is up to 24 hours late),
after at least 10 days, by mean + 3 sigma of the same sort of day (weekday, weekend) and $5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEARNING: Final = 30


def fixed_limit(hourly: Floats) -> list[int]:
    days = hourly.reshape(-1, 24)
    limit = max(5.0, 2 * float(days[:_LEARNING].sum(axis=1).mean()))
    over = np.cumsum(days, axis=1) > limit
    return [day * 24 + int(over[day].argmax()) for day in range(_LEARNING, len(days)) if over[day].any()]


def two_sigma(hourly: Floats) -> list[int]:
    daily = hourly.reshape(-1, 24).sum(axis=1)
    out = []
    for day in range(_LEARNING, len(daily)):
        past = daily[day - _LEARNING : day]
        mean = float(past.mean())
        if daily[day] > max(mean + 2 * float(past.std()), 1.25 * mean, mean + 10):
            out.append(day * 24 + 23)
    return out


def daily_late(hourly: Floats) -> list[int]:
    daily = hourly.reshape(-1, 24).sum(axis=1)
    weekend = np.arange(len(daily)) % 7 >= 5
    out = []
    for day in range(_LEARNING, len(daily)):
        past = daily[:day][weekend[:day] == weekend[day]][-60:]
        if daily[day] > float(past.mean()) + max(5.0, 3 * float(past.std())):
            out.append(day * 24 + 47)
    return out


RIVALS: Final[Mapping[str, Callable[[Floats], list[int]]]] = {
    "fixed daily limit": fixed_limit,
    "mean + 2 sigma": two_sigma,
    "daily, a day late": daily_late,
}


def grouped(alarms: list[int]) -> list[int]:
    """The first alarm of each run without a pause of more than two days: one event, one alarm, for everybody."""
    return [hour for at, hour in enumerate(alarms) if not at or hour - alarms[at - 1] > 48]

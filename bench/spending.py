"""Invents what keys spend: hourly money and requests over 90 days, from a seed.

Three sorts of keys. quiet (30 %): used in a few hours a week, cents to two dollars a day of use. office (40 %): $1 to
$60 a day, working hours of weekdays, little at night and on weekends. steady (30 %): a service around the clock, $2
to $150 a day, twice as busy by day. All have: gamma noise for each hour, a daily wander that remembers (AR 0.6, sigma
0.12), growth of -0.2 to +0.8 % a day, three holidays (like Sundays), up to two deployments that change the level for
good (x 0.7 to 1.6), 1 % of hours missing (in runs), and 2 % of hours that are first read too low (30 to 90 %) and
restated later: the detectors see the first reading, the dollars are counted by the last.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

HOURS: Final = 24
BEGIN: Final = 1_767_571_200  # Monday 2026-01-05, 00:00 UTC
PRICE: Final = 0.01  # dollars for a request


class Spending(NamedTuple):
    """`true` and `read` are dollars for each hour (rows) and key (columns); `read` is NaN where missing."""

    sorts: list[str]
    true: NDArray[np.float64]
    read: NDArray[np.float64]


def invent(seed: int, keys: int, days: int = 90) -> Spending:
    """The spending of honest use."""
    random = np.random.default_rng(seed)
    sorts = [str(sort) for sort in random.choice(["quiet", "office", "steady"], keys, p=[0.3, 0.4, 0.3])]
    calendar = _calendar(random, days)
    true = np.stack([_key(random, sort, calendar, days) for sort in sorts], axis=1)
    read = true * np.where(random.random(true.shape) < 0.02, random.uniform(0.3, 0.9, true.shape), 1)
    read[_gaps(random, true.shape)] = np.nan
    return Spending(sorts, true, read)


def _calendar(random: np.random.Generator, days: int) -> NDArray[np.int64]:
    """The weekday each day is like: holidays are like Sundays, for everybody."""
    weekday = np.arange(days) % 7
    weekday[random.choice(days, 3, replace=False)] = 6
    return weekday


def _key(random: np.random.Generator, sort: str, weekday: NDArray[np.int64], days: int) -> NDArray[np.float64]:
    hour = np.arange(HOURS)
    if sort == "quiet":
        return _quiet(random, days)
    level = np.exp(random.uniform(*np.log((1, 60) if sort == "office" else (2, 150))))
    if sort == "office":
        shift = random.integers(-6, 7)
        by_hour = 0.03 + np.exp(-((((hour - 13.5 - shift + 12) % 24 - 12) / 4.0) ** 4))
        by_day = np.where(weekday >= 5, random.uniform(0.05, 0.4), 1.0)
    else:
        by_hour = 1 + random.uniform(0, 0.5) * np.cos((hour - random.integers(24)) * np.pi / 12)
        by_day = np.where(weekday >= 5, random.uniform(0.6, 1.0), 1.0)
    by_day = by_day * _drift(random, days)
    noise = random.gamma(shape := random.uniform(3, 25), 1 / shape, (days, HOURS))
    return np.asarray((level * by_day[:, None] * by_hour / by_hour.sum() * noise).ravel())


def _quiet(random: np.random.Generator, days: int) -> NDArray[np.float64]:
    rate, cost = random.uniform(0.02, 0.4), np.exp(random.uniform(*np.log((0.02, 1.0))))
    spells = random.random(days) < rate
    out = np.zeros((days, HOURS))
    for day in np.flatnonzero(spells):
        first = random.integers(7, 20)
        length = random.integers(1, 5)
        out[day, first : first + length] = cost * random.gamma(2, 0.5, len(out[day, first : first + length]))
    return out.ravel()


def _drift(random: np.random.Generator, days: int) -> NDArray[np.float64]:
    growth = (1 + random.uniform(-0.002, 0.008)) ** np.arange(days)
    wander = np.zeros(days)
    for day in range(1, days):
        wander[day] = 0.6 * wander[day - 1] + 0.12 * random.standard_normal()
    level = np.ones(days)
    for _ in range(random.integers(0, 3)):
        level[random.integers(5, days) :] *= random.uniform(0.7, 1.6)
    return np.asarray(growth * np.exp(wander) * level)


def _gaps(random: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    missing = np.zeros(shape, np.bool_)
    for column in range(shape[1]):
        for start in random.integers(0, shape[0], max(1, shape[0] // 400)):
            missing[start : start + random.integers(1, 8), column] = True
    return missing

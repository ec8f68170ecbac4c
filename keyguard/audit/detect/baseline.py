"""What is normal for a series at an hour of the week, learned in one pass from short histories."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np

from keyguard.audit.series import Flags, Floats, Starts

# Since 1970: one for each series, or one for all.
Hours: TypeAlias = int | Starts

_TRUST: Final = 2.0  # visits of an hour after which its own mean counts half
_DAYS: Final = 14.0  # visits of an hour of the day that count
_WEEKS: Final = 6.0  # visits of an hour of the week that count
_POINTS: Final = 2000.0  # points that count for the level
_BOUND: Final = 4.0  # deviations beyond so many typical ones teach no more than that
_START: Final = 30  # points without that bound
_NEVER: Final = 1e-9  # less than any visit


class Baseline:
    """Level, plus the habit of the hour of the day, plus that of the hour of the week.

    Each habit is shrunk by n / (n + 2) for n visits, so that a young series is judged by its level, an older one by
    its day, then by its week. Everything learned is bounded (Huber), so that a theft does not soon become normal.
    Where only rises are looked for (`upward`), a fall makes a habit of the week only when it comes again: a holiday
    is none.
    """

    def __init__(self, keys: int, step: Floats, *, upward: bool) -> None:
        self._upward = upward
        self._columns = np.arange(keys)
        self._visit = np.minimum(step / 3600, 1.0)
        self._day, self._days = np.zeros((24, keys)), np.zeros((24, keys))
        self._week, self._weeks = np.zeros((168, keys)), np.zeros((168, keys))
        self._last = np.zeros((168, keys))
        self.seen = np.zeros(keys)
        self.level = np.zeros(keys)
        self.spread = np.zeros(keys)

    @property
    def floor(self) -> Floats:
        """Deviations smaller than this are nothing."""
        return np.asarray(0.02 * self.spread + 1e-3 * np.abs(self.level) + 1e-9)

    def expected(self, hours: Hours) -> Floats:
        """The normal value of each series at `hours`."""
        day, week = self._slots(hours, 24), self._slots(hours, 168)
        days, weeks = self._days[day], self._weeks[week]
        by_day = days / (days + _TRUST) * self._day[day]
        by_week = weeks / (weeks + _TRUST) * self._week[week]
        return np.asarray(self.level + by_day + by_week)

    def start(self, values: Floats, learn: Flags) -> None:
        """The first value of a series is its level."""
        self.level = np.where((self.seen == 0) & learn, values, self.level)

    def learn(self, values: Floats, expected: Floats, hours: Hours, learn: Flags) -> None:
        """Takes one value of each series where `learn`."""
        bound = np.where(self.seen > _START, _BOUND * np.maximum(self.spread, self.floor), np.inf)
        pace = np.maximum(1 / (self.seen + 1), 1 / _POINTS) * learn
        self.level = self.level + pace * within(values - self.level, bound)
        self.spread = self.spread + pace * (np.minimum(np.abs(values - self.level), 2 * bound) - self.spread)
        surprise = np.where(learn, within(values - expected, bound) * self._visit, 0)
        visit = np.where(learn, self._visit, 0)
        for habit, visits, slots, part, most in (
            (self._day, self._days, self._slots(hours, 24), surprise, _DAYS),
            (self._week, self._weeks, self._slots(hours, 168), self._confirmed(surprise, hours, learn) / 2, _WEEKS),
        ):
            count = visits[slots] = np.minimum(visits[slots] + visit, most)
            habit[slots] += part / np.maximum(count, _NEVER)
        self.seen += learn

    def _confirmed(self, surprise: Floats, hours: Hours, learn: Flags) -> Floats:
        """A fall counts as far as the last one at this hour of the week did."""
        if not self._upward:
            return surprise
        slots = self._slots(hours, 168)
        last = self._last[slots].copy()
        self._last[slots] = np.where(learn, surprise, last)
        return np.where(surprise < 0, np.maximum(surprise, np.minimum(last, 0)), surprise)

    def _slots(self, hours: Hours, of: int) -> Any:
        """Where the habits of `hours` stand; one row for all series where they share the hour."""
        return hours % of if isinstance(hours, int) else (hours % of, self._columns)


def within(deviation: Floats, bound: Floats) -> Floats:
    """The deviation, no further than `bound` to either side."""
    return np.asarray(np.maximum(np.minimum(deviation, bound), -bound))

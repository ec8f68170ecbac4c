"""What is normal for a series at an hour of the week, learned in one pass from short histories."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.series import Flags, Floats, Starts

_TRUST: Final = 2.0  # visits of an hour after which its own mean counts half
_DAYS: Final = 14.0  # visits of an hour of the day that count
_WEEKS: Final = 6.0  # visits of an hour of the week that count
_POINTS: Final = 2000.0  # points that count for the level
_BOUND: Final = 4.0  # deviations beyond so many typical ones teach no more than that
_START: Final = 30  # points without that bound


class Baseline:
    """Level, plus the habit of the hour of the day, plus that of the hour of the week.

    Each habit is shrunk by n / (n + 2) for n visits, so that a young series is judged by its level, an older one by
    its day, then by its week. Everything learned is bounded (Huber), so that a theft does not soon become normal.
    """

    def __init__(self, keys: int, step: Floats) -> None:
        self._rows = np.arange(keys)
        self._visit = np.minimum(step / 3600, 1.0)
        self._day, self._days = np.zeros((keys, 24)), np.zeros((keys, 24))
        self._week, self._weeks = np.zeros((keys, 168)), np.zeros((keys, 168))
        self.seen = np.zeros(keys)
        self.level = np.zeros(keys)
        self.spread = np.zeros(keys)

    @property
    def floor(self) -> Floats:
        """Deviations smaller than this are nothing."""
        return np.asarray(0.02 * self.spread + 1e-3 * np.abs(self.level) + 1e-9)

    def expected(self, hours: Starts) -> Floats:
        """The normal value at `hours` (since 1970), one for each series."""
        day, week = hours % 24, hours % 168
        rows = self._rows
        by_day = self._days[rows, day] / (self._days[rows, day] + _TRUST)
        by_week = self._weeks[rows, week] / (self._weeks[rows, week] + _TRUST)
        return np.asarray(self.level + by_day * self._day[rows, day] + by_week * self._week[rows, week])

    def start(self, values: Floats, learn: Flags) -> None:
        """The first value of a series is its level."""
        self.level = np.where((self.seen == 0) & learn, values, self.level)

    def learn(self, values: Floats, expected: Floats, hours: Starts, learn: Flags) -> None:
        """Takes one value of each series where `learn`."""
        bound = np.where(self.seen > _START, _BOUND * np.maximum(self.spread, self.floor), np.inf)
        pace = np.maximum(1 / (self.seen + 1), 1 / _POINTS) * learn
        self.level = self.level + pace * np.clip(values - self.level, -bound, bound)
        self.spread = self.spread + pace * (np.minimum(np.abs(values - self.level), 2 * bound) - self.spread)
        surprise = np.clip(values - expected, -bound, bound) * self._visit
        self._visited(self._day, self._days, hours % 24, surprise, _DAYS, learn)
        self._visited(self._week, self._weeks, hours % 168, surprise / 2, _WEEKS, learn)
        self.seen += learn

    def _visited(
        self, habit: Floats, visits: Floats, slot: Starts, surprise: Floats, most: float, learn: Flags
    ) -> None:
        rows, slots = self._rows[learn], slot[learn]
        visit = self._visit[learn]
        visits[rows, slots] = np.minimum(visits[rows, slots] + visit, most)
        habit[rows, slots] += surprise[learn] / visits[rows, slots]

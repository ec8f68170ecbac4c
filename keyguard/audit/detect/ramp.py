"""Finds what grows too slowly to surprise: a cumulative sum of small excesses (CUSUM, Page 1954)."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.series import Flags, Floats

_ALLOWED: Final = 1.7  # typical deviations above normal in each bucket that do not count
_MOST: Final = 4.0  # one bucket counts no more
_CEILING: Final = 40.0  # what is over has to end within a day
_PACE: Final = 1 / 336  # of the typical deviation: two weeks of hours
_WARM: Final = 168  # buckets before a verdict


class Ramp:
    """`total` is the sum since `onset`, the row where it last left zero; both one for each series."""

    def __init__(self, keys: int) -> None:
        self._seen = np.zeros(keys)
        self._typical = np.zeros(keys)
        self.total = np.zeros(keys)
        self.onset = np.zeros(keys, np.int64)

    def add(self, row: int, off: Floats, floor: Floats, settled: Flags) -> None:
        """`off` is value minus expected; deviations below `floor` are nothing. Only `settled` values count."""
        counted = np.maximum(np.minimum(off / np.maximum(self._typical, floor) - _ALLOWED, _MOST), -_MOST)
        counts = settled & (self._seen >= _WARM)
        self.total = np.where(counts, np.maximum(0, self.total + counted), self.total)
        self.total = np.minimum(self.total, _CEILING)
        self.onset = np.where(self.total <= 0, row + 1, self.onset)

    def learn(self, off: Floats, floor: Floats, learn: Flags) -> None:
        """Takes one deviation of each series for typical, where `learn`."""
        scale = np.maximum(self._typical, floor)
        pace = np.maximum(1 / (self._seen + 1), _PACE) * learn
        bounded = np.where(self._seen > 24, np.minimum(np.abs(off), 4 * scale), np.abs(off))
        self._typical = self._typical + pace * (bounded - self._typical)
        self._seen += learn

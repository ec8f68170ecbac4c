"""Bursts on quiet keys: how likely a day's requests are under the days before (gamma-Poisson)."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.series import Flags, Floats

_QUIET: Final = 0.25  # share of hours with use, above which the seasonal baseline does better
_DAYS: Final = 7.0  # days of history before a verdict
_PRIOR_DAYS: Final = 3.0  # the days of history the prior is worth
_PRIOR_RATE: Final = 1.0  # units a day assumed before a key has shown its own


class Bursts:
    """`day` is how many buckets a day has. Amounts are requests, or tenths of their currency where none are told."""

    def __init__(self, keys: int, day: int) -> None:
        self._day = day
        self._row = 0
        # Sums since the beginning: amounts, those taught, squares of a day's taught amounts, and buckets known, taught
        # and used; `_past` holds them as they stood in each bucket of the day before.
        self._sums = np.zeros((6, keys))
        self._past = np.zeros((day, 6, keys))

    def rarity(self, amounts: Floats) -> Floats:
        """-log10 of (a bound on) the chance of the last 24 hours' amounts; 0 where the key is not quiet.

        A bound by Chernoff: P(N >= n) <= exp(-D), D = n ln(n/m) - (n+r) ln((n+r)/(m+r)) for mean m and size r.
        """
        past = self._past[self._row % self._day]
        known, used = past[3], past[5]
        quiet = (amounts > 0) & (known >= _DAYS * self._day) & (used < _QUIET * np.maximum(known, 1))
        at = np.flatnonzero(quiet)
        rare = np.zeros(len(amounts))
        rare[at] = self._bound(self._sums[0, at] + amounts[at], past[:, at])
        return rare

    def _bound(self, total: Floats, past: Floats) -> Floats:
        before, normal, squares, _, taught, _ = past
        last = np.maximum(total - before, 0)
        mean = (normal + _PRIOR_RATE * _PRIOR_DAYS) / (taught / self._day + _PRIOR_DAYS)
        square = squares / max(self._row - self._day, 1)
        spread = np.maximum(square - mean**2, 0) + mean * (1 + mean)
        size = mean**2 / np.maximum(spread - mean, 1e-9)
        ratio = np.maximum(last, 1e-9) / mean
        bound = last * np.log(ratio) - (last + size) * np.log((last + size) / (mean + size))
        return np.where(ratio > 1, bound / np.log(10), 0.0)

    def learn(self, amounts: Floats, known: Flags, learn: Flags) -> None:
        """Takes the bucket that was judged last; for normal where `learn`."""
        past = self._past[self._row % self._day]
        sums = self._sums
        sums[0] += amounts
        sums[1] += amounts * learn
        sums[2] += np.maximum(sums[1] - past[1], 0) ** 2
        sums[3] += known
        sums[4] += learn
        sums[5] += amounts > 0
        past[:] = sums
        self._row += 1

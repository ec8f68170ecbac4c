"""The core: how surprising each new value of many series is."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from keyguard.audit.detect.baseline import Baseline, Hours, within
from keyguard.audit.detect.tail import Tail, sized
from keyguard.audit.series import Flags, Floats

_SUSTAINED: Final = 0.1  # pace of the running mean of deviations: about ten points
_SMOOTH: Final = 0.25  # pace of the running mean of rarity: about four points
_BOUND: Final = 8.0  # one value moves the running mean by no more than so many typical deviations
_START: Final = 50


class Reading(NamedTuple):
    """One entry for each series. `score` is evidence in powers of ten; `spread` a typical deviation. What stands
    behind them is for `learn`.
    """

    score: Floats
    expected: Floats
    spread: Floats
    values: Floats
    hours: Hours
    sizes: Floats


class Surprise:
    """Three questions about each value: is it unusual for its hour, for the whole history, and have the last ten been?

    Each answer is the rarity of that deviation among the series' own (`Tail`); their sum, smoothed over about four
    values, is the score. Scales with no unit: nothing has to be set for a series. `upward` ignores falls.
    """

    def __init__(self, keys: int, step: Floats, *, upward: bool) -> None:
        self._baseline = Baseline(keys, step, upward=upward)
        # One for each question, side by side: numpy's cost is in calls.
        self._tails = Tail(3 * keys)
        self._upward = upward
        self._recent = np.zeros(keys)
        self._score = np.zeros(keys)

    def judge(self, values: Floats, hours: Hours, known: Flags, settled: Flags) -> Reading:
        """The next value of each series, at `hours`. Only `known` values are judged; those not `settled`
        can still grow, and leave no trace in what is said of the next.
        """
        base = self._baseline
        base.start(values, settled)
        expected, spread, floor = base.expected(hours), base.spread, base.floor
        off = values - expected
        bound = np.where(base.seen > _START, _BOUND * spread, np.inf)
        recent = self._recent + _SUSTAINED * (within(off, bound) - self._recent)
        sizes = sized(self._size(np.concatenate((off, recent, values - base.level))), np.concatenate((floor,) * 3))
        rare = self._tails.rarity(sizes, np.concatenate((known,) * 3)).reshape(3, -1).sum(axis=0)
        score = np.where(known, self._score + _SMOOTH * (rare - self._score), self._score)
        self._recent = np.where(settled, recent, self._recent)
        self._score = np.where(settled, score, self._score)
        return Reading(score, expected, spread, values, hours, sizes)

    def learn(self, read: Reading, learn: Flags) -> None:
        """Takes what was judged last for normal, where `learn`."""
        self._tails.learn(read.sizes, np.concatenate((learn,) * 3))
        self._baseline.learn(read.values, read.expected, read.hours, learn)

    def _size(self, deviation: Floats) -> Floats:
        return np.maximum(deviation, 0) if self._upward else np.abs(deviation)

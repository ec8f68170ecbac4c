"""How rare a deviation is, judged by the series' own earlier deviations."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.series import Flags, Floats, Starts

_SHARE: Final = 0.01  # the tail is the largest hundredth of the deviations
_SHAPE: Final = 0.2  # Pareto shape assumed before a series has shown its own
_PRIOR: Final = 20.0  # how many tail deviations that assumption is worth
_MEMORY: Final = 2000.0  # points that count
_WARM: Final = 100.0  # points before a verdict has its full weight
_RECORDS: Final = 32  # greatest deviations kept, for "has this happened before?"
_NEAR: Final = 0.1  # deviations within 10 % of each other are as great
_TINY: Final = 1e-12
# How a quantile moves when it is exceeded, and when it is not.
_UP: Final = (1 - _SHARE) / _SHARE**0.5
_DOWN: Final = -_SHARE / _SHARE**0.5


class Tail:
    """A Pareto tail for each of `keys` series (Hill's estimator over a running quantile): one pass, constant memory."""

    def __init__(self, keys: int) -> None:
        self._seen = np.zeros(keys)
        self._quantile = np.zeros(keys)
        self._sum = np.full(keys, _PRIOR * _SHAPE)
        self._count = np.full(keys, _PRIOR)
        self._records = np.full((keys, _RECORDS), -np.inf)
        self._least = np.full(keys, -np.inf)  # of each series' records

    def rarity(self, logs: Floats, known: Flags) -> Floats:
        """-log10 of the chance of a deviation at least as great; 0 where nothing is known. `logs` are of `sized`."""
        rare = np.zeros(len(logs))
        # Few deviations are in a tail: the rest costs nothing.
        at = np.flatnonzero(known & (logs > self._quantile))
        over, seen = logs[at] - self._quantile[at], self._seen[at]
        far = (-np.log10(_SHARE) + over / _shape(self._sum[at], self._count[at]) / np.log(10)) * np.minimum(
            1, seen / _WARM
        )
        # What has happened before is no rarer than that.
        before = np.count_nonzero(self._records[at] >= (logs[at] - _NEAR)[:, None], axis=1)
        rare[at] = np.where(before > 0, np.minimum(far, np.log10((seen + 1) / (before + 1))), far)
        return rare

    def learn(self, logs: Floats, learn: Flags) -> None:
        """Takes one deviation of each series where `learn`."""
        first = learn & (self._seen == 0)
        self._quantile[first] = logs[first]
        above = learn & (logs > self._quantile)
        self._seen += learn
        pace = 0.5 * np.maximum(1 / (self._seen * _SHARE + 1), 1 / (_MEMORY * _SHARE))
        self._widen(np.flatnonzero(above), logs)
        self._quantile += pace * np.where(learn, np.where(above, _UP, _DOWN), 0)
        self._record(np.flatnonzero(learn & (logs > self._least)), logs)

    def _widen(self, at: Starts, logs: Floats) -> None:
        """Tells the tails of the series `at` one more deviation."""
        over, total, count = logs[at] - self._quantile[at], self._sum[at], self._count[at]
        # One outlier teaches little.
        total += np.minimum(over, 6 * _shape(total, count))
        count += 1
        keep = np.minimum(1, (_MEMORY * _SHARE + _PRIOR) / count)
        self._sum[at], self._count[at] = total * keep, count * keep

    def _record(self, at: Starts, logs: Floats) -> None:
        if len(at):
            mine = self._records[at]
            mine[np.arange(len(at)), mine.argmin(axis=1)] = logs[at]
            self._records[at], self._least[at] = mine, mine.min(axis=1)


def sized(size: Floats, floor: Floats) -> Floats:
    """Deviations as a tail compares them: those below `floor` are all the same."""
    return np.asarray(np.log(np.maximum(size, floor) + _TINY))


def _shape(total: Floats, count: Floats) -> Floats:
    return np.asarray(np.maximum(total / count, 0.05))

"""How rare a deviation is, judged by the series' own earlier deviations."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.series import Flags, Floats

_SHARE: Final = 0.01  # the tail is the largest hundredth of the deviations
_SHAPE: Final = 0.2  # Pareto shape assumed before a series has shown its own
_PRIOR: Final = 20.0  # how many tail deviations that assumption is worth
_MEMORY: Final = 2000.0  # points that count
_WARM: Final = 100.0  # points before a verdict has its full weight
_RECORDS: Final = 32  # greatest deviations kept, for "has this happened before?"
_NEAR: Final = 0.1  # deviations within 10 % of each other are as great
_TINY: Final = 1e-12


class Tail:
    """A Pareto tail for each of `keys` series (Hill's estimator over a running quantile): one pass, constant memory."""

    def __init__(self, keys: int) -> None:
        self._seen = np.zeros(keys)
        self._quantile = np.zeros(keys)
        self._sum = np.full(keys, _PRIOR * _SHAPE)
        self._count = np.full(keys, _PRIOR)
        self._records = np.full((keys, _RECORDS), -np.inf)
        self._rows = np.arange(keys)

    def rarity(self, size: Floats, floor: Floats, known: Flags) -> Floats:
        """-log10 of the chance of a deviation of at least `size`; 0 where nothing is known.

        Deviations below `floor` are all the same.
        """
        logs = _logs(size, floor)
        over = logs - self._quantile
        rare = np.where(over > 0, -np.log10(_SHARE) + over / self._shape / np.log(10), 0.0)
        rare *= np.minimum(1, self._seen / _WARM)
        return np.where(known, self._capped(rare, logs), 0.0)

    @property
    def _shape(self) -> Floats:
        return np.asarray(np.maximum(self._sum / self._count, 0.05))

    def _capped(self, rare: Floats, logs: Floats) -> Floats:
        """What has happened before is no rarer than that."""
        before = np.count_nonzero(self._records >= (logs - _NEAR)[:, None], axis=1)
        return np.where(before > 0, np.minimum(rare, np.log10((self._seen + 1) / (before + 1))), rare)

    def learn(self, size: Floats, floor: Floats, learn: Flags) -> None:
        """Takes one deviation of each series where `learn`."""
        logs = _logs(size, floor)
        self._quantile = np.where((self._seen == 0) & learn, logs, self._quantile)
        over, shape = logs - self._quantile, self._shape
        self._seen += learn
        above = learn & (over > 0)
        # One outlier teaches little.
        self._sum += np.where(above, np.minimum(over, 6 * shape), 0)
        self._count += above
        keep = np.minimum(1, (_MEMORY * _SHARE + _PRIOR) / self._count)
        self._sum *= keep
        self._count *= keep
        pace = np.minimum(0.5, 0.5 * np.maximum(1 / (self._seen * _SHARE + 1), 1 / (_MEMORY * _SHARE)))
        move = np.where(over > 0, 1 - _SHARE, -_SHARE) / np.sqrt(_SHARE)
        self._quantile += np.where(learn, pace * move, 0)
        least = self._records.argmin(axis=1)
        held = self._records[self._rows, least]
        self._records[self._rows, least] = np.where(learn & (logs > held), logs, held)


def _logs(size: Floats, floor: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(size, floor) + _TINY))

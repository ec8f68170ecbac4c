"""Keeps what looks like theft out of what is normal, so that the next theft is as unusual as the first one was."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.series import Flags, Floats

_REST: Final = 86400.0  # seconds without anything unusual that end a spell, as they end an event
_MEMORY: Final = 14 * 86400.0  # seconds after which a day with something unusual counts by a factor of e less
# Seven such days in a row come to 5.7: then it is the new normal. Thefts every four days never come to more than 4.1.
_USUAL: Final = 5.5


class Quarantine:
    """`step` is the width of a bucket, `floors` the least excess worth an alarm, one for each series."""

    def __init__(self, step: int, floors: Floats) -> None:
        self._step = float(step)
        self._floors = floors
        self._rested = np.full(len(floors), np.inf)
        self._excess = np.zeros(len(floors))
        self._days = np.zeros(len(floors))
        self._counted = np.full(len(floors), np.inf)

    def holds(self, unusual: Flags, excess: Floats) -> Flags:
        """Which of the next buckets are not to be learned from. `excess` is what each spent above normal."""
        self._rested = np.where(unusual, 0.0, self._rested + self._step)
        self._excess = np.where(self._rested > _REST, 0.0, self._excess + excess)
        held = unusual & (self._excess >= self._floors)
        self._counted += self._step
        fresh = held & (self._counted >= _REST)
        self._counted = np.where(fresh, 0.0, self._counted)
        self._days = self._days * np.exp(-self._step / _MEMORY) + fresh
        return np.asarray(held & (self._days < _USUAL))

"""The one knob: how much it takes to raise an alarm."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from keyguard.audit.series import Flags, Floats


class Sensitivity(NamedTuple):
    """`score` and `ramp` are thresholds (see docs/detection.md); `chance` bounds a burst's probability, as -log10.

    `money` is the least excess, in the series' currency, that is worth an alarm; `requests` the same where no money
    is told.
    """

    score: float
    ramp: float
    chance: float
    money: float
    requests: float

    def floors(self, counted: Flags) -> Floats:
        """The least excess worth an alarm, for series of requests (`counted`) and of money."""
        return np.where(counted, self.requests, self.money)


LEVELS: Final = {
    "low": Sensitivity(score=3.0, ramp=30.0, chance=8.0, money=20.0, requests=10_000.0),
    "normal": Sensitivity(score=2.2, ramp=19.0, chance=6.0, money=5.0, requests=2_000.0),
    "high": Sensitivity(score=1.5, ramp=14.0, chance=5.0, money=1.0, requests=400.0),
}

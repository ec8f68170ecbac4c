"""Thefts to put into invented spending: five kinds, from a seed.

burst: $25 to $500 within 1 to 6 hours. drain: $2 to $50 an hour, day and night. ramp: from nothing, 5 cents to a
dollar more each hour. night: $2 to $50 an hour from 22 to 6 in the owner's night (the eight cheapest hours of the
key's day). model: $2 to $50 an hour on a model the key never used. Each begins between day 30 and day 80 and ends
after ten days, or $2,000. TIMID thieves take less.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS: Final = ("burst", "drain", "ramp", "night", "model")
WORTH: Final = 20.0  # dollars from which a theft has to be found


class Thieves(NamedTuple):
    """Least and most dollars an hour (drain, night, model), and dollars an hour more in each hour (ramp)."""

    rate: tuple[float, float]
    slope: tuple[float, float]


USUAL: Final = Thieves((2, 50), (0.05, 1))
TIMID: Final = Thieves((1, 20), (0.02, 0.4))


class Theft(NamedTuple):
    """`taken` are dollars for each hour; `crossed` is the hour in which their sum passes WORTH."""

    kind: str
    begun: int
    crossed: int
    taken: NDArray[np.float64]


def steal(random: np.random.Generator, kind: str, honest: NDArray[np.float64], thieves: Thieves = USUAL) -> Theft:
    """One theft from the key that spends `honest` (dollars for each hour)."""
    hours = len(honest)
    begun = int(random.integers(30 * 24, hours - 10 * 24))
    taken = np.zeros(hours)
    rate = np.exp(random.uniform(*np.log(thieves.rate)))
    span = slice(begun, begun + 240)
    if kind == "burst":
        length = int(random.integers(1, 7))
        taken[begun : begun + length] = np.exp(random.uniform(*np.log((25, 500)))) / length
    elif kind == "ramp":
        taken[span] = np.arange(1, 241) * np.exp(random.uniform(*np.log(thieves.slope)))
    else:
        taken[span] = rate * random.gamma(8, 1 / 8, 240)
    if kind == "night":
        by_hour = honest[: 30 * 24].reshape(30, 24).mean(axis=0)
        cheap = np.argmin([np.roll(by_hour, -first)[:8].sum() for first in range(24)])
        taken[(np.arange(hours) - cheap) % 24 >= 8] = 0
    taken[np.cumsum(taken) > 2000] = 0
    total = np.cumsum(taken)
    return Theft(kind, int(np.argmax(taken > 0)), int(np.argmax(total >= WORTH)), taken)


def twice(theft: Theft, days: int) -> tuple[Theft, Theft] | None:
    """The first two days of a theft, and the same again so many days after its end; None where either is not WORTH it,
    or the history too short.
    """
    taken = theft.taken.copy()
    taken[theft.begun + 48 :] = 0
    end = int(np.flatnonzero(taken)[-1]) + 1
    gap = end + 24 * days - theft.begun
    if taken.sum() < WORTH or end + gap > len(taken):
        return None
    crossed = int(np.argmax(np.cumsum(taken) >= WORTH))
    again = Theft(theft.kind, theft.begun + gap, crossed + gap, np.roll(taken, gap))
    return Theft(theft.kind, theft.begun, crossed, taken), again

"""Honest keys and the same keys robbed, watched by keyguard and by its rivals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from rivals import RIVALS, grouped
from spending import BEGIN, PRICE, Spending, invent
from thefts import KINDS, USUAL, Theft, Thieves, steal, twice

from keyguard.audit.detect.detection import detect
from keyguard.audit.detect.sensitivity import LEVELS
from keyguard.audit.detect.watched import Watched
from keyguard.audit.series import Floats, Series
from keyguard.model.anomaly import Anomaly
from keyguard.model.usage import SeriesName

NEVER: Final = 10**9
INTERVALS: Final = 2  # polling intervals (hours) after a theft crossed $20


class Catch(NamedTuple):
    """One theft and one watcher: the first alarm's hour, NEVER where there was none."""

    watcher: str
    sort: str
    theft: Theft
    normal: float
    alarm: int

    @property
    def found(self) -> bool:
        return self.alarm <= self.theft.crossed + INTERVALS

    @property
    def lost(self) -> float:
        return float(self.theft.taken[: min(self.alarm, len(self.theft.taken)) + 1].sum())


class Trial(NamedTuple):
    """`false` are alarms for each honest key, by watcher; `repeats` are keyguard's alarms that such an event got
    worse.
    """

    catches: list[Catch]
    false: dict[str, list[int]]
    repeats: int


def watch(name: str, read: Floats, *, model: str = "", since: int | None = None) -> Watched:
    """Hourly dollars as read (NaN where missing), with requests at PRICE each."""
    told = ~np.isnan(read)
    starts = (BEGIN + 3600 * np.arange(len(read)))[told].astype(np.int64)
    label = SeriesName("openai", "acme", name, model, currency="USD")
    complete = np.ones(len(starts), np.bool_)
    return Watched(Series(label, starts, read[told], np.round(read[told] / PRICE), complete), since=since)


def run(seed: int, keys: int, sensitivity: str = "normal", thieves: Thieves = USUAL) -> Trial:
    """`keys` honest keys for false alarms, and one theft from a copy of each."""
    spending, random = invent(seed, keys), np.random.default_rng(seed + 1)
    thefts = [steal(random, KINDS[key % len(KINDS)], spending.true[:, key], thieves) for key in range(keys)]
    level = LEVELS[sensitivity]
    honest = detect([watch(str(key), spending.read[:, key]) for key in range(keys)], level)
    robbed = detect([one for key in range(keys) for one in _robbed(key, spending, thefts[key])], level)
    catches = [catch for key in range(keys) for catch in _catches(key, spending, thefts[key], robbed)]
    false = {
        name: [len(grouped(rival(spending.true[:, key]))) for key in range(keys)] for name, rival in RIVALS.items()
    }
    false["keyguard"] = np.bincount([int(one.series.key) for one in honest], minlength=keys).tolist()
    return Trial(catches, false, sum(len(one.alarms) - 1 for one in honest))


def run_again(seed: int, keys: int, days: int) -> list[Catch]:
    """Each theft ends after two days and comes again so many days later: was the second one found?"""
    spending, random = invent(seed, keys), np.random.default_rng(seed + 1)
    first = [steal(random, KINDS[key % len(KINDS)], spending.true[:, key]) for key in range(keys)]
    pairs = {key: pair for key in range(keys) if (pair := twice(first[key], days))}
    found = detect([watch(str(key), spending.read[:, key] + sum(one.taken for one in pairs[key])) for key in pairs])
    return [
        Catch(
            "keyguard", spending.sorts[key], second, float(spending.true[: one.begun, key].mean()),
            min((hour for hour in _alarms(found, key) if hour >= second.begun), default=NEVER),
        )
        for key, (one, second) in pairs.items()
    ]  # fmt: skip


def _alarms(found: Sequence[Anomaly], key: int) -> list[int]:
    return [(alarm - BEGIN) // 3600 for one in found if one.series.key == str(key) for alarm in one.alarms]


def _robbed(key: int, spending: Spending, theft: Theft) -> list[Watched]:
    """The key's total; the unused model's series too, where that is what the thief uses."""
    whole = [watch(str(key), spending.read[:, key] + theft.taken)]
    if theft.kind != "model":
        return whole
    alone = theft.taken.copy()
    alone[: theft.begun] = np.nan
    return [*whole, watch(str(key), alone, model="dear-new-model", since=BEGIN)]


def _catches(key: int, spending: Spending, theft: Theft, found: Sequence[Anomaly]) -> list[Catch]:
    own = _alarms(found, key)
    rivals = {name: rival(spending.true[:, key] + theft.taken) for name, rival in RIVALS.items()}
    sort, normal = spending.sorts[key], float(spending.true[: theft.begun, key].mean())
    return [
        Catch(name, sort, theft, normal, min((hour for hour in hours if hour >= theft.begun), default=NEVER))
        for name, hours in {"keyguard": own, **rivals}.items()
    ]

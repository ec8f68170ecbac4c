"""One pass of the core over a grid: what was expected, how surprising it was, what piles up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keyguard.audit.detect.counts import Bursts
from keyguard.audit.detect.grid import Grid
from keyguard.audit.detect.quarantine import Quarantine
from keyguard.audit.detect.ramp import Ramp
from keyguard.audit.detect.sensitivity import LEVELS, Sensitivity
from keyguard.audit.detect.surprise import Surprise
from keyguard.audit.series import Flags, Floats, Starts


class Traces(NamedTuple):
    """Shaped as the grid. `expected` is in the grid's amounts; `burst` is the rarity of a quiet key's day; `onset` is
    the row where `ramp` last left zero; `taught` are the buckets that count as normal.
    """

    expected: Floats
    spread: Floats
    score: Floats
    ramp: Floats
    burst: Floats
    onset: Starts
    taught: Flags


def strength(score: Floats, ramp: Floats, sensitivity: Sensitivity) -> tuple[Floats, Floats]:
    """How sudden and how slow a rise is, as shares of the thresholds. Each alone is enough, as is half of each."""
    return score / sensitivity.score, ramp / sensitivity.ramp


def trace(grid: Grid, sensitivity: Sensitivity = LEVELS["normal"]) -> Traces:
    """Reads the grid once, oldest first; row t depends on rows 0..t alone.

    Amounts are compared as log(1 + amount / unit).
    """
    rows, keys = grid.values.shape
    core = Surprise(keys, np.full(keys, float(grid.step)), upward=True)
    ramp = Ramp(keys)
    bursts = Bursts(keys, max(1, 86400 // grid.step))
    quarantine = Quarantine(grid.step, sensitivity.floors(grid.counted))
    logs, asked = np.log1p(grid.values / grid.unit), grid.requests.any(axis=0)
    one, two, three, four, five = (np.zeros((rows, keys)) for _ in range(5))
    out = Traces(one, two, three, four, five, np.zeros((rows, keys), np.int64), grid.learn.copy())
    for row in range(rows):
        settled = grid.learn[row]
        reading = core.judge(logs[row], int(grid.starts[row]) // 3600, grid.known[row], settled)
        expected = np.maximum(reading.expected, 0)
        off, floor = logs[row] - expected, 0.1 * reading.spread + 0.05
        ramp.add(row, off, floor, settled)
        out.expected[row] = np.expm1(expected) * grid.unit
        out.spread[row], out.score[row] = reading.spread, reading.score
        out.ramp[row], out.onset[row] = ramp.total, ramp.onset
        amounts = np.where(asked, grid.requests[row], grid.values[row] / grid.unit)
        burst = out.burst[row] = bursts.rarity(amounts)
        sudden, slow = strength(reading.score, ramp.total, sensitivity)
        unusual = (off > 0) & ((sudden + slow >= 1) | (burst >= sensitivity.chance))
        taught = out.taught[row]
        taught &= ~quarantine.holds(unusual, grid.values[row] - out.expected[row])
        core.learn(reading, taught)
        ramp.learn(off, floor, taught)
        bursts.learn(amounts, grid.known[row], taught)
    return out._replace(expected=out.expected * _mean_ratio(grid, out))


def _mean_ratio(grid: Grid, traces: Traces) -> Floats:
    """What is learned from logarithms is nearer to the median; money adds up by the mean.

    Bounded, so that a theft moves it little.
    """
    expected = np.where(traces.taught, traces.expected, 0)
    bounded = np.where(traces.taught, np.minimum(grid.values, 3 * expected), 0)
    ratio = np.cumsum(bounded, axis=0) / np.maximum(np.cumsum(expected, axis=0), 1e-9)
    return np.asarray(np.clip(ratio, 1.0, 1.5))

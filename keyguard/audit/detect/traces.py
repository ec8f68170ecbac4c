"""One pass of the core over a grid: what was expected, how surprising it was, what piles up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keyguard.audit.detect.grid import Grid
from keyguard.audit.detect.ramp import Ramp
from keyguard.audit.detect.surprise import Surprise
from keyguard.audit.series import Floats, Starts


class Traces(NamedTuple):
    """Shaped as the grid. `expected` is in the grid's amounts; `onset` is the row where `ramp` last left zero."""

    expected: Floats
    spread: Floats
    score: Floats
    ramp: Floats
    onset: Starts


def trace(grid: Grid) -> Traces:
    """Reads the grid once, oldest first; row t depends on rows 0..t alone.

    Amounts are compared as log(1 + amount / unit).
    """
    rows, keys = grid.values.shape
    core = Surprise(keys, np.full(keys, float(grid.step)), upward=True)
    ramp = Ramp(keys)
    logs = np.log1p(grid.values / grid.unit)
    tables = [np.zeros((rows, keys)) for _ in range(4)]
    out = Traces(tables[0], tables[1], tables[2], tables[3], np.zeros((rows, keys), np.int64))
    for row in range(rows):
        hours = np.full(keys, grid.starts[row] // 3600, np.int64)
        reading = core.read(logs[row], hours, grid.known[row], grid.learn[row])
        expected = np.maximum(reading.expected, 0)
        ramp.add(row, logs[row] - expected, 0.1 * reading.spread + 0.05, grid.learn[row])
        out.expected[row] = np.expm1(expected) * grid.unit
        out.spread[row], out.score[row] = reading.spread, reading.score
        out.ramp[row], out.onset[row] = ramp.total, ramp.onset
    return out._replace(expected=out.expected * _mean_ratio(grid, out.expected))


def _mean_ratio(grid: Grid, expected: Floats) -> Floats:
    """What is learned from logarithms is nearer to the median; money adds up by the mean.

    Bounded, so that a theft moves it little.
    """
    bounded = np.where(grid.learn, np.minimum(grid.values, 3 * expected), 0)
    ratio = np.cumsum(bounded, axis=0) / np.maximum(np.cumsum(np.where(grid.learn, expected, 0), axis=0), 1e-9)
    return np.asarray(np.clip(ratio, 1.0, 1.5))

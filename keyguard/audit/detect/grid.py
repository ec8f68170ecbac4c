"""Many series as one matrix, so that a pass costs a step for each hour and not one for each point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from keyguard.audit.detect.watched import Watched
from keyguard.audit.series import Flags, Floats, Starts

MONEY_UNIT: Final = 0.1  # currency units: below it, amounts are compared as sums, above it as ratios
REQUEST_UNIT: Final = 10.0
# How many of a unit cost about as much as one request does (a quarter of a cent), at prices of 2026. Where nothing else
# is told, they are judged as that many requests.
_WORTH: Final = {"tokens": 1000.0, "characters": 150.0, "credits": 10.0, "seconds": 25.0, "images": 0.06}


class Grid(NamedTuple):
    """Row t is the bucket that starts at `starts[t]`; column k is a series.

    `values` are money, or requests (or what is worth as many) where `counted` says so; unknown ones are 0 and not
    `known`. Incomplete ones are known, but not learned.
    """

    starts: Starts
    step: int
    values: Floats
    requests: Floats
    known: Flags
    learn: Flags
    unit: Floats
    counted: Flags


def worth(unit: str) -> float:
    """How many of a unit count as one request."""
    return _WORTH.get(unit, 1.0)


def lay(watched: Sequence[Watched]) -> Grid:
    """A matrix of series that share a granularity and are not empty all."""
    step = watched[0].series.name.granularity
    begins = [int(one.series.starts[0]) for one in watched if len(one.series.starts)]
    begins += [one.since // step * step for one in watched if one.since is not None]
    ends = [int(one.series.starts[-1]) for one in watched if len(one.series.starts)]
    starts = np.arange(min(begins), max(ends) + step, step, dtype=np.int64)
    shape = (len(starts), len(watched))
    grid = Grid(
        starts, step, np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_), np.zeros(shape, np.bool_),
        np.full(shape[1], MONEY_UNIT), np.zeros(shape[1], np.bool_),
    )  # fmt: skip
    for column, one in enumerate(watched):
        _fill(grid, column, one)
    return grid


def _fill(grid: Grid, column: int, one: Watched) -> None:
    series = one.series
    counted = bool(np.isnan(series.money).all())
    values = series.requests if counted else series.money
    if series.tokens is not None:
        values = series.tokens / worth(series.name.unit)
    rows = (series.starts - grid.starts[0]) // grid.step
    known = ~np.isnan(values)
    if one.since is not None and len(rows):
        before = slice(max(0, int((one.since - grid.starts[0]) // grid.step)), int(rows[0]))
        grid.known[before, column] = grid.learn[before, column] = True
    # Credits and corrections are not use.
    grid.values[rows, column] = np.maximum(np.nan_to_num(values), 0)
    grid.requests[rows, column] = np.maximum(np.nan_to_num(series.requests), 0)
    grid.known[rows, column] = known
    grid.learn[rows, column] = known & series.complete
    grid.counted[column] = counted
    if counted:
        grid.unit[column] = REQUEST_UNIT

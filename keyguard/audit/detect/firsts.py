"""Use where there was none: ever, for weeks, at this hour; and use that must not be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keyguard.audit.detect.grid import Grid
from keyguard.audit.detect.watched import Watched
from keyguard.audit.series import Flags, Starts

_DAY: Final = 86400
_HISTORY: Final = 7  # days without use before a first use is remarkable
_SILENCE: Final = 14  # days without use that make a silence
_HOURS: Final = 60  # hours of use before the hours of the day are a habit
_HABIT: Final = 3  # days on which an hour was used that make it usual


def first_use(grid: Grid) -> Flags:
    """The first day of use, after at least a week known to be without."""
    used = grid.values > 0
    begun: Flags = np.maximum.accumulate(used, axis=0)
    since = _rows_since(grid, used & ~_earlier(begun))
    idle = np.cumsum(grid.known & ~begun, axis=0).max(axis=0) * grid.step >= _HISTORY * _DAY
    return np.asarray(used & begun & (since * grid.step < _DAY) & idle)


def after_silence(grid: Grid) -> Flags:
    """The first day of use after two weeks without. Unknown hours are no silence."""
    used = grid.values > 0
    quiet = np.cumsum(grid.known & ~used, axis=0)
    at_use = np.maximum.accumulate(np.where(used, quiet, -1), axis=0)
    before = np.concatenate((np.full_like(at_use[:1], -1), at_use[:-1]))
    woke = used & (before >= 0) & ((quiet - before) * grid.step >= _SILENCE * _DAY)
    return np.asarray(used & (_rows_since(grid, woke) * grid.step < _DAY))


def new_hour(grid: Grid, taught: Flags) -> Flags:
    """Use at an hour of the day at which, or next to which, there was none on three earlier days. Only buckets that are
    `taught` make a habit.
    """
    if grid.step > 3600:
        return np.zeros(grid.values.shape, np.bool_)
    used = (grid.values > 0).astype(np.int64)
    hours = grid.starts // 3600 % 24
    habit = np.zeros((24, used.shape[1]), np.int64)
    total = np.zeros(used.shape[1], np.int64)
    per_hour = max(1, 3600 // grid.step)
    out = np.zeros(used.shape, np.bool_)
    for row, hour in enumerate(hours):
        near = habit[hour] + habit[hour - 1] + habit[(hour + 1) % 24]
        out[row] = (used[row] > 0) & (total >= _HOURS * per_hour) & (near < _HABIT * per_hour)
        usual = used[row] * taught[row]
        habit[hour] += usual
        total += usual
    return out


def revoked(grid: Grid, watched: Sequence[Watched]) -> Flags:
    """Any use in buckets that begin after the key was stopped."""
    far = np.iinfo(np.int64).max
    stopped = np.array([far if one.revoked is None else one.revoked for one in watched], np.int64)
    return (grid.values > 0) & (grid.starts[:, None] >= stopped)


def exposed(grid: Grid, watched: Sequence[Watched]) -> Flags:
    """Any use in buckets that touch an exposure window."""
    out = np.zeros(grid.values.shape, np.bool_)
    for column, one in enumerate(watched):
        for span in one.exposed:
            out[:, column] |= (grid.starts + grid.step > span.start) & (grid.starts < span.end)
    return out & (grid.values > 0)


def _earlier(flags: Flags) -> Flags:
    """The row before."""
    return np.concatenate((np.zeros_like(flags[:1]), flags[:-1]))


def _rows_since(grid: Grid, marked: Flags) -> Starts:
    """Rows since the last mark; very many where there is none."""
    rows = np.arange(len(grid.starts), dtype=np.int64)[:, None]
    last = np.maximum.accumulate(np.where(marked, rows, -(2**40)), axis=0)
    return np.asarray(rows - last)

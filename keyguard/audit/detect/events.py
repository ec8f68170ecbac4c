"""Groups the buckets that draw attention into events: one theft, one event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from keyguard.audit.detect.grid import Grid
from keyguard.audit.detect.sensitivity import Sensitivity
from keyguard.audit.detect.traces import Traces
from keyguard.audit.series import Flags, Floats, Starts
from keyguard.model.anomaly import Kind

QUIET: Final = 86400  # seconds without anything unusual that end an event
# For a month after an alarm, the next one has to be worth three floors: what was left as it was is likely to be usual.
_MEMORY: Final = 30 * 86400
_MORE: Final = 3
# These are worth an alarm whatever they cost.
_ALWAYS: Final = frozenset({Kind.LIMIT, Kind.REVOKED})


class Event(NamedTuple):
    """Rows of the grid; `kinds` the most telling first.

    With `alarms[0]` it became worth an alarm, with each later one it got worse.
    """

    column: int
    kinds: tuple[Kind, ...]
    started: int
    alarms: tuple[int, ...]
    last: int
    over: bool


def events(grid: Grid, traces: Traces, found: Mapping[Kind, Flags], sensitivity: Sensitivity) -> Iterator[Event]:
    """Every event worth an alarm, by column, then by time.

    Use of an exposed key with nothing else unusual is an event of its own, told once.
    """
    floors = sensitivity.floors(grid.counted)
    for column in np.flatnonzero(np.logical_or.reduce(list(found.values())).any(axis=0)):
        own = {kind: flags[:, column] for kind, flags in found.items()}
        exposed = own.pop(Kind.EXPOSED)
        excess = np.cumsum(grid.values[:, column] - traces.expected[:, column])
        free = wary = 0
        for rows in _spells(grid, np.logical_or.reduce(list(own.values()))):
            start = max(free, _start(rows, own[Kind.RAMP], traces.onset[:, column]))
            free = int(rows[-1]) + 1
            spent = excess[rows] - (excess[start - 1] if start else 0.0)
            drew = {kind: flags[rows] for kind, flags in own.items() if flags[rows].any()}
            floor = float(floors[column]) * (_MORE if start < wary else 1)
            alarms = tuple(int(rows[at]) for at in _alarms(drew, spent, floor))
            if alarms:
                wary = int(rows[-1]) + _MEMORY // grid.step
                kinds = (*drew, Kind.EXPOSED) if exposed[rows].any() else tuple(drew)
                yield Event(int(column), kinds, start, alarms, int(rows[-1]), _over(grid, rows))
        for rows in _spells(grid, exposed):
            first = int(rows[0])
            yield Event(int(column), (Kind.EXPOSED,), first, (first,), int(rows[-1]), _over(grid, rows))


def _spells(grid: Grid, drawn: Flags) -> Iterator[Starts]:
    """The rows that are drawn, cut where a day is without any."""
    rows = np.flatnonzero(drawn)
    if len(rows):
        yield from np.split(rows, np.flatnonzero(np.diff(rows) > _quiet(grid)) + 1)


def _over(grid: Grid, rows: Starts) -> bool:
    return len(grid.starts) - 1 - int(rows[-1]) > _quiet(grid)


def _quiet(grid: Grid) -> int:
    return max(1, -(-QUIET // grid.step))


def _start(rows: Starts, ramp: Flags, onset: Starts) -> int:
    """A ramp began where its sum left zero."""
    ramps = rows[ramp[rows]]
    return int(min(rows[0], onset[ramps[0]])) if len(ramps) else int(rows[0])


def _alarms(drew: Mapping[Kind, Flags], spent: Floats, floor: float) -> Iterator[int]:
    """Places in the event: when it is worth an alarm, then whenever its cost doubled or something more telling came
    up.
    """
    none = np.zeros(len(spent), np.int64)
    grave = sum((np.maximum.accumulate(flags) for kind, flags in drew.items() if kind in _ALWAYS), none)
    other = sum((np.maximum.accumulate(flags) for kind, flags in drew.items() if kind != Kind.RAMP), none)
    worth = np.flatnonzero((grave > 0) | (spent >= floor))
    while len(worth):
        yield (at := int(worth[0]))
        rose = spent >= max(2 * spent[at], spent[at] + floor)
        grew = (other > other[at]) & (spent >= spent[at] + floor)
        worse = rose | grew | (grave > grave[at])
        worth = np.flatnonzero(worse & (np.arange(len(spent)) > at))

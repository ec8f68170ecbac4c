"""What was normal in each bucket of several courses, as the detection's baseline learned it, and what will be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from keyguard.audit.detect.grid import lay
from keyguard.audit.detect.traces import trace
from keyguard.audit.detect.watched import Watched
from keyguard.audit.report.figures import REQUESTS
from keyguard.audit.series import Flags, Floats, Series, Starts
from keyguard.model.usage import DAY, SeriesName
from keyguard.model.usage_report import Bucket, Normal

BAND: Final = 2.5  # typical deviations to either side: about 19 of 20 usual buckets (tests/audit/report/test_normal.py)
_WARM: Final = {DAY: 7}  # final buckets before anything is said
_WARM_HOURS: Final = 24
_MEMORY: Final = {DAY: 28.0}  # buckets that count for a typical deviation
_MEMORY_HOURS: Final = 336.0
_LEAST: Final = 0.05  # of a typical deviation, in logarithms: a course that never moved has a band too


def with_normals(courses: Sequence[Sequence[Bucket]], unit: str, width: int) -> list[tuple[Bucket, ...]]:
    """The same courses, which share their buckets, oldest first; each bucket says what was normal before it came.

    Buckets that are not final teach nothing. Those in the future, without an amount, get a forecast.
    """
    if not courses or not courses[0]:
        return [tuple(course) for course in courses]
    grid = lay([_watched(course, unit, width) for course in courses])
    traces = trace(grid)
    expected = traces.expected
    logs, middle = np.log1p(grid.values / grid.unit), np.log1p(expected / grid.unit)
    spread = _typical(logs - middle, traces.taught, width)
    low = np.maximum(np.expm1(middle - BAND * spread), 0) * grid.unit
    high = np.expm1(middle + BAND * spread) * grid.unit
    before: Starts = np.cumsum(grid.learn, axis=0) - grid.learn
    seen: Flags = np.asarray(before >= _WARM.get(width, _WARM_HOURS))
    return [
        tuple(
            bucket._replace(
                normal=Normal(float(expected[row, column]), float(low[row, column]), float(high[row, column]))
            )
            if seen[row, column]
            else bucket
            for row, bucket in enumerate(course)
        )
        for column, course in enumerate(courses)
    ]


def _watched(course: Sequence[Bucket], unit: str, width: int) -> Watched:
    amounts = np.array([np.nan if each.amount is None else float(each.amount) for each in course])
    untold = np.full(len(course), np.nan)
    counted = unit == REQUESTS
    name = SeriesName("", "", granularity=width, currency="" if counted else unit)
    starts = np.array([each.start for each in course], np.int64)
    final = np.array([each.final for each in course], np.bool_)
    return Watched(Series(name, starts, untold if counted else amounts, amounts if counted else untold, final))


def _typical(off: Floats, taught: Flags, width: int) -> Floats:
    """The typical deviation before each bucket, learned from what counts as normal. Bounded, as one day is no habit."""
    memory = _MEMORY.get(width, _MEMORY_HOURS)
    typical, seen = np.zeros(off.shape[1]), np.zeros(off.shape[1])
    out = np.zeros(off.shape)
    for row, deviation in enumerate(np.abs(off)):
        out[row] = np.maximum(typical, _LEAST)
        learn = taught[row]
        bound = np.where(seen > 3, 4 * out[row], np.inf)
        pace = np.maximum(1 / (seen + 1), 1 / memory) * learn
        typical = typical + pace * (np.minimum(deviation, bound) - typical)
        seen += learn
    return out

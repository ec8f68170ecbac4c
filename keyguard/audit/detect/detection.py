"""Series in, anomalies out: recomputed from the stored history at every pass, so that a restart loses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Final

from keyguard.audit.detect.events import QUIET, Event, events
from keyguard.audit.detect.grid import Grid, lay
from keyguard.audit.detect.hits import hits
from keyguard.audit.detect.judge import by_chance, floor_of, severity
from keyguard.audit.detect.sensitivity import LEVELS, Sensitivity
from keyguard.audit.detect.sentences import causes, sentence
from keyguard.audit.detect.traces import Traces, trace
from keyguard.audit.detect.watched import Watched
from keyguard.model.anomaly import Anomaly

_BLOCK: Final = 512  # series in one matrix: more cost memory, fewer cost time


def detect(watched: Sequence[Watched], sensitivity: Sensitivity = LEVELS["normal"]) -> list[Anomaly]:
    """Every event worth an alarm in the history, oldest first; those with `ended` None may still go on."""
    step = lambda one: one.series.name.granularity  # noqa: E731 - sorted and groupby must agree
    found: list[Anomaly] = []
    for _, same in groupby(sorted((one for one in watched if len(one.series.starts)), key=step), key=step):
        alike = list(same)
        for first in range(0, len(alike), _BLOCK):
            found += _block(alike[first : first + _BLOCK], sensitivity)
    return sorted(found, key=lambda anomaly: (anomaly.raised, anomaly.id))


def continues(old: Anomaly, new: Anomaly) -> bool:
    """Whether both tell the same event, read at two times: restated data can move its start, and with it its `id`."""
    return old.series == new.series and old.started <= new.last + QUIET and new.started <= old.last + QUIET


def _block(watched: Sequence[Watched], sensitivity: Sensitivity) -> Iterator[Anomaly]:
    grid = lay(watched)
    traces = trace(grid, sensitivity)
    for event in events(grid, traces, hits(grid, traces, watched, sensitivity), sensitivity):
        yield _anomaly(event, grid, traces, watched[event.column], sensitivity)


def _anomaly(event: Event, grid: Grid, traces: Traces, watched: Watched, sensitivity: Sensitivity) -> Anomaly:
    column, span = event.column, slice(event.started, event.last + 1)
    counted = bool(grid.counted[column])
    observed, expected = grid.values[span, column].sum(), traces.expected[span, column].sum()
    peaks = [float(each[span, column].max()) for each in (traces.score, traces.ramp, traces.burst)]
    started, raised, last = (int(grid.starts[row]) for row in (event.started, event.alarms[0], event.last))
    name = watched.series.name
    anomaly = Anomaly(
        id=sha256(repr((*name, raised)).encode()).hexdigest()[:16],
        series=name,
        kind=event.kinds[0],
        also=event.kinds[1:],
        severity=severity(event.kinds, observed - expected, floor_of(sensitivity, counted)),
        started=started,
        raised=raised,
        last=last,
        ended=last + grid.step if event.over else None,
        observed=float(observed),
        expected=float(expected),
        excess=float(observed - expected),
        by_chance=by_chance(event.kinds, *peaks),
        sentence="",
        causes=causes(event.kinds[0]),
        alarms=tuple(int(grid.starts[row]) for row in event.alarms),
    )
    unit = "" if not counted else "requests" if watched.series.tokens is None else name.unit
    return anomaly._replace(sentence=sentence(anomaly, grid.step, unit))

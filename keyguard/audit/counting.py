"""Reads counters and balances: remembers what they stood at, and turns the differences into spending."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from keyguard.audit.asking import ask
from keyguard.audit.counters import spendings
from keyguard.audit.failure import AnswerError, AuditError
from keyguard.audit.results import SourceResult
from keyguard.audit.rows import read_rows
from keyguard.audit.times import ceiling, floor, month_start, say
from keyguard.model.usage import DAY, HOUR, SeriesName, Span, UsageSeries
from keyguard.state.usage import Reading, keep_readings, readings, replace_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.audit.reading import Task


_TOGETHER = 60  # seconds: another run may have begun later and read first


def read_counter(task: Task) -> SourceResult:
    """One poll. The first says only where a counter stands; spending is known from the second on."""
    state, place, read, now = task.reader.state, task.place, task.read, task.now
    before = readings(state, place)
    last = max((reading.taken for reading in before), default=0)
    if 0 <= last - now < _TOGETHER:
        now = last + 1
    if last >= now:
        raise AuditError(f"{read.id}: the clock went back: the last reading is of {say(last)}")
    requests, taken = _take(task)
    keep_readings(state, place, [*_births(before, taken, last, read.kind), *taken])
    since = floor(_since(before, taken, last), HOUR)
    notes: list[str] = []
    series: list[UsageSeries] = []
    for spending in spendings(readings(state, place, since), read.kind, since, now):
        notes += spending.notes
        name = SeriesName(
            place.provider, place.account, spending.key, "", "", read.id, HOUR, spending.currency, read.basis, read.unit
        )
        series.append(UsageSeries(name, spending.points))
    span = Span(since, ceiling(now, HOUR))
    _, written = replace_points(state, place, HOUR, span, series, floor(now, HOUR))
    if not before and not written:
        notes.append("first reading: spending is known from the next one on")
    return SourceResult(read.id, written, requests, span, notes=tuple(f"{read.id}: {note}" for note in notes))


def _take(task: Task) -> tuple[int, list[Reading]]:
    """What the counters stand at now, and how many requests that took. Of several rows of one counter, the sum."""
    read, now = task.read, task.now
    period = {"": 0, "day": floor(now, DAY), "month": month_start(now)}[read.period]
    values: dict[tuple[str, str], Decimal] = {}
    requests = 0
    day = floor(now, DAY)
    for page in ask(task.client, read, task.values, Span(day, day + DAY), min(read.widths)):
        requests += 1
        for row in read_rows(page.tree, read):
            if row.money is None:
                raise AnswerError(f"{read.id}: a row has no amount")
            if row.money < 0 and read.kind == "counter":
                raise AnswerError(f"{read.id}: a counter stands at {row.money:f}, expected 0 or more")
            name = (row.key if "key" in task.account.group else "", row.currency)
            values[name] = values.get(name, Decimal(0)) + row.money
    return requests, [Reading(key, currency, period, now, value) for (key, currency), value in values.items()]


def _births(before: Sequence[Reading], taken: Sequence[Reading], last: int, kind: str) -> Iterator[Reading]:
    """A counter that was not there at the last poll began at 0 after it: a new key may be a thief's."""
    known = {(reading.key, reading.currency) for reading in before}
    for reading in taken:
        if kind == "counter" and not reading.period and last and (reading.key, reading.currency) not in known:
            yield reading._replace(taken=last, value=Decimal(0))


def _since(before: Sequence[Reading], taken: Sequence[Reading], last: int) -> int:
    """From when on spending can differ from what was known."""
    known = {reading[:3] for reading in before}
    begun = [reading.period for reading in taken if reading.period and reading[:3] not in known]
    latest: dict[tuple[str, str], int] = {}
    for reading in before:
        latest[reading[:2]] = max(latest.get(reading[:2], 0), reading.taken)
    met = [latest[reading[:2]] for reading in taken if reading[:2] in latest]
    return min([*met, *begun, *([last] if last else []), taken[0].taken] if taken else [last or 0])

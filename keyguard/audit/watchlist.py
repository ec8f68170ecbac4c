"""Which series of an account are judged: each key, each new model of a key, each project, and the whole account.

Sources that tell of the same kind of money are added up; different kinds (billed, priced, …) are judged side by side
and never added up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from keyguard.audit.detect.watched import Limits, Watched
from keyguard.audit.series import Flags, Floats, Series, Starts, from_columns
from keyguard.audit.times import floor
from keyguard.model.usage import DAY, HOUR, SeriesName, Span
from keyguard.state.usage import Choice, Place, columns, coverage

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.audit.accounts import Limits as Allowed
    from keyguard.state.database import Database

_LEAST_DAYS: Final = 35  # a whole month is needed for its limit
_NEW_MODEL: Final = 35 * DAY  # an older model of a key is judged with the key
# Sums of floats may be above an exactly reached limit by less than this share.
_SLACK: Final = 1 + 1e-9


class Known(NamedTuple):
    """What is known of keys beyond figures, by its name: when it was stopped, and when exposed."""

    revoked: Mapping[str, int] = {}
    exposed: Mapping[str, tuple[Span, ...]] = {}

    def of(self, key: str) -> tuple[int | None, tuple[Span, ...]]:
        """When the key that figures call so was stopped, and its exposures. Google's say `apikey:` before the id."""
        name = key.rpartition(":")[2]
        return self.revoked.get(name), self.exposed.get(name, ())


class Watchlist(NamedTuple):
    """`homes` are the projects that each key was used in. `known_until` is the earliest end of what a source told."""

    watched: tuple[Watched, ...]
    homes: Mapping[str, frozenset[str]]
    known_until: int


class _Layer(NamedTuple):
    """Figures that may be added up."""

    basis: str
    granularity: int
    currency: str


def watchlist(state: Database, account: Account, now: int, known: Known = Known()) -> Watchlist:  # noqa: B008 - a constant
    """The series of one account, from the state file. Without any figures the list is empty."""
    since = floor(now - max(account.days, _LEAST_DAYS) * DAY, DAY)
    layers: dict[_Layer, list[Series]] = defaultdict(list)
    homes: dict[str, set[str]] = defaultdict(set)
    # As arrays at once: as lists, a million points take 100 MB.
    for each in map(from_columns, columns(state, Choice(account.provider, account.name, since=since))):
        name = each.name
        layers[_Layer(name.basis, name.granularity, name.currency)].append(each)
        homes[name.key].add(name.project)
    watched: list[Watched] = []
    ends: list[int] = []
    for layer, members in _counted_once(layers):
        grid = _grid(state, account, layer, members, since)
        if grid is None:
            continue
        ends.append(int(grid.starts[-1]) + layer.granularity)
        watched += _watched(account, layer, members, grid, known)
    return Watchlist(tuple(watched), {key: frozenset(each) for key, each in homes.items()}, min(ends, default=0))


def _counted_once(layers: Mapping[_Layer, list[Series]]) -> Iterator[tuple[_Layer, list[Series]]]:
    """Leaves out what only details other money, where that is told by key."""
    by_key = any(
        layer.basis not in ("detail", "count") and any(each.name.key for each in members)
        for layer, members in layers.items()
    )
    for layer, members in layers.items():
        if layer.basis != "detail" or not by_key:
            yield layer, members


class _Grid(NamedTuple):
    """The buckets of a layer that a source has told of, and where each stands."""

    starts: Starts
    base: int
    step: int
    known: Flags


def _grid(state: Database, account: Account, layer: _Layer, members: Iterable[Series], since: int) -> _Grid | None:
    step = layer.granularity
    members = list(members)
    spans = [
        span
        for source in sorted({each.name.source for each in members})
        for span in coverage(state, Place(account.provider, account.name, source), step)
        if span.end > since
    ]
    begins = [int(each.starts[0]) for each in members] + [max(span.start, floor(since, step)) for span in spans]
    ends = [int(each.starts[-1]) + step for each in members] + [span.end for span in spans]
    if not begins:
        return None
    base = floor(min(begins), step)
    known = np.zeros((max(ends) - base) // step, np.bool_)
    for span in spans:
        known[max(0, -(-(span.start - base) // step)) : max(0, (span.end - base) // step)] = True
    for each in members:
        known[(each.starts - base) // step] = True
    if not known.any():
        return None
    return _Grid(base + np.flatnonzero(known) * step, base, step, known)


class _Sum:
    """Figures of several series, bucket by bucket. Money stays untold where none of them tells it."""

    def __init__(self, grid: _Grid) -> None:
        self._grid = grid
        size = len(grid.known)
        self._money, self._requests = np.zeros(size), np.zeros(size)
        self._complete = np.ones(size, np.bool_)
        self._told = {"money": False, "requests": False}
        self.first = 0

    def add(self, series: Series) -> None:
        places = (series.starts - self._grid.base) // self._grid.step
        for name, total, values in (
            ("money", self._money, series.money),
            ("requests", self._requests, series.requests),
        ):
            total[places] += np.nan_to_num(values)
            self._told[name] = self._told[name] or not bool(np.isnan(values).all())
        self._complete[places] &= series.complete
        used = np.flatnonzero((np.nan_to_num(series.money) > 0) | (np.nan_to_num(series.requests) > 0))
        if len(used):
            first = int(series.starts[used[0]])
            self.first = min(self.first, first) if self.first else first

    def series(self, name: SeriesName) -> Series | None:
        """None where nothing is told."""
        if not any(self._told.values()):
            return None
        known = self._grid.known
        return Series(
            name,
            self._grid.starts,
            _told(self._money[known], told=self._told["money"]),
            _told(self._requests[known], told=self._told["requests"]),
            self._complete[known],
        )


def _told(values: Floats, *, told: bool) -> Floats:
    return values if told else np.full(len(values), np.nan)


def _watched(
    account: Account, layer: _Layer, members: Iterable[Series], grid: _Grid, known: Known
) -> Iterator[Watched]:
    sums: dict[tuple[str, str, str], _Sum] = defaultdict(lambda: _Sum(grid))
    for each in members:
        key, project, model = each.name.key, "" if each.name.key else each.name.project, each.name.model
        for unit in {("", "", ""), (key, project, ""), (key, project, model)}:
            sums[unit].add(each)
    models: dict[tuple[str, str], int] = defaultdict(int)
    for key, project, model in sums:
        models[key, project] += bool(model)
    newest = int(grid.starts[-1])
    for (key, project, model), total in sorted(sums.items(), key=lambda pair: pair[0]):
        if model and (models[key, project] < 2 or not (key or project) or total.first < newest - _NEW_MODEL):
            continue
        name = SeriesName(
            account.provider, account.name, key, model, project,
            granularity=layer.granularity, currency=layer.currency, basis=layer.basis,
        )  # fmt: skip
        series = total.series(name)
        if series is None:
            continue
        allowed = account.limits if not (key or project) else account.key_limits if key and not model else ()
        revoked, exposed = known.of(key) if key else (None, ())
        one = Watched(series, Limits(), revoked, exposed)
        yield from (one._replace(limits=limits) for limits in _limits(allowed, layer) or [Limits()])


def _limits(allowed: Iterable[Allowed], layer: _Layer) -> list[Limits]:
    """The limits that figures of this currency and width can be held against."""
    found = []
    for each in allowed:
        if each.unit not in ("requests", layer.currency):
            continue
        hourly = each.hourly if layer.granularity <= HOUR else None
        daily = each.daily if layer.granularity <= DAY else None
        amounts = [None if limit is None else float(limit) * _SLACK for limit in (hourly, daily, each.monthly)]
        if any(amount is not None for amount in amounts):
            found.append(Limits(amounts[0], amounts[1], amounts[2], each.unit == "requests"))
    return found

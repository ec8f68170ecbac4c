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
from keyguard.state.usage import Choice, Place, coverage
from keyguard.state.usage_columns import columns

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
    unit: str = ""  # of tokens, where they are all that is told


def watchlist(state: Database, account: Account, now: int, known: Known = Known()) -> Watchlist:  # noqa: B008 - a constant
    """The series of one account, from the state file. Without any figures the list is empty."""
    since = floor(now - max(account.days, _LEAST_DAYS) * DAY, DAY)
    layers: dict[_Layer, list[Series]] = defaultdict(list)
    homes: dict[str, set[str]] = defaultdict(set)
    # As arrays at once: as lists, a million points take 100 MB.
    for each in map(from_columns, columns(state, Choice(account.provider, account.name, since=since))):
        for layer in _layers(each):
            layers[layer].append(each)
        homes[each.name.key].add(each.name.project)
    priced = {layer[:2] for layer, members in layers.items() if layer.currency and any(map(_tells_money, members))}
    watched: list[Watched] = []
    ends: list[int] = []
    for layer, members in _counted_once(layers):
        has_money = layer[:2] in priced
        if layer.currency and not has_money:
            continue
        grid = _grid(state, account, layer, members, since)
        if grid is None:
            continue
        ends.append(int(grid.starts[-1]) + layer.granularity)
        watched += _watched(account, layer, members, grid, known, beside=has_money and not layer.currency)
    return Watchlist(tuple(watched), {key: frozenset(each) for key, each in homes.items()}, min(ends, default=0))


def _layers(series: Series) -> Iterator[_Layer]:
    """Where a series belongs. What has no price is judged by its requests or tokens, beside the money."""
    name = series.name
    layer = _Layer(name.basis, name.granularity, name.currency)
    if series.tokens is not None:
        yield layer._replace(currency="", unit=name.unit)
        return
    yield layer  # also without money: its requests count for limits
    if name.currency and not _tells_money(series):
        yield layer._replace(currency="")


def _tells_money(series: Series) -> bool:
    return not bool(np.isnan(series.money).all())


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
    """Figures of several series, bucket by bucket. What none of them tells stays untold."""

    def __init__(self, grid: _Grid) -> None:
        self._grid = grid
        size = len(grid.known)
        self._amounts = {name: np.zeros(size) for name in ("money", "requests", "tokens")}
        self._complete = np.ones(size, np.bool_)
        self._told: set[str] = set()
        self.first = 0

    def add(self, series: Series) -> None:
        places = (series.starts - self._grid.base) // self._grid.step
        used = np.zeros(len(places), np.bool_)
        for name, total in self._amounts.items():
            values: Floats | None = getattr(series, name)
            if values is None or (untold := np.isnan(values)).all():
                continue
            total[places] += np.where(untold, 0, values)
            self._told.add(name)
            used |= values > 0
        self._complete[places] &= series.complete
        if used.any():
            first = int(series.starts[used.argmax()])
            self.first = min(self.first, first) if self.first else first

    def series(self, name: SeriesName) -> Series | None:
        """None where nothing is told."""
        if not self._told:
            return None
        known = self._grid.known
        untold = np.full(len(self._grid.starts), np.nan)
        money, requests, tokens = (
            values[known] if each in self._told else None for each, values in self._amounts.items()
        )
        return Series(
            name,
            self._grid.starts,
            untold if money is None else money,
            untold if requests is None else requests,
            self._complete[known],
            tokens,
        )


def _watched(
    account: Account, layer: _Layer, members: Iterable[Series], grid: _Grid, known: Known, *, beside: bool
) -> Iterator[Watched]:
    """`beside` money, each model is judged by itself: sums of what has no price say little."""
    sums: dict[tuple[str, str, str], _Sum] = defaultdict(lambda: _Sum(grid))
    for each in members:
        key, project, model = each.name.key, "" if each.name.key else each.name.project, each.name.model
        for unit in {(key, project, model)} if beside else {("", "", ""), (key, project, ""), (key, project, model)}:
            sums[unit].add(each)
    models: dict[tuple[str, str], int] = defaultdict(int)
    for key, project, model in sums:
        models[key, project] += bool(model)
    newest = int(grid.starts[-1])
    for (key, project, model), total in sorted(sums.items(), key=lambda pair: pair[0]):
        few = models[key, project] < 2 or not (key or project) or total.first < newest - _NEW_MODEL
        if model and few and not beside:
            continue
        name = SeriesName(
            account.provider, account.name, key, model, project,
            granularity=layer.granularity, currency=layer.currency, basis=layer.basis, unit=layer.unit or "tokens",
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
    found: list[Limits] = []
    if layer.unit:
        return found
    for each in allowed:
        if each.unit not in ("requests", layer.currency):
            continue
        hourly = each.hourly if layer.granularity <= HOUR else None
        daily = each.daily if layer.granularity <= DAY else None
        amounts = [None if limit is None else float(limit) * _SLACK for limit in (hourly, daily, each.monthly)]
        if any(amount is not None for amount in amounts):
            found.append(Limits(amounts[0], amounts[1], amounts[2], each.unit == "requests"))
    return found

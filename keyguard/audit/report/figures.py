"""One account's amounts in one unit, bucket by bucket, in all and by group: each amount counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.audit.totals import ORDER, totals
from keyguard.model.usage import SeriesName, Span, UsageSeries
from keyguard.model.usage_report import Bucket

if TYPE_CHECKING:
    from keyguard.audit.report.reach import Reach

REQUESTS: Final = "requests"
# In a breakdown the details of other money serve where nothing else tells of groups.
_DETAILS: Final = (*ORDER, "detail")
_COUNTS: Final = (*_DETAILS, "count")
_NOTHING: Final = Decimal(0)


class Sheet(NamedTuple):
    """What an account told: `merged` series by basis, `names` of the real ones, and what was read of each source."""

    merged: Sequence[UsageSeries]
    names: Sequence[SeriesName]
    reach: Reach
    unit: str
    starts: Sequence[int]
    width: int


class Figures(NamedTuple):
    """The buckets that were asked for, with their sums, and the basis that each of them is from."""

    buckets: tuple[Bucket, ...]
    chosen: Mapping[int, str]
    bases: tuple[str, ...]

    def share(self, series: Iterable[UsageSeries], field: str) -> dict[str, dict[int, Decimal]]:
        """What each key, model or project ("" is what is told of none) of these series holds of the sums, by bucket."""
        found: dict[str, dict[int, Decimal]] = {}
        for each in series:
            own = found.setdefault(getattr(each.name, field), {})
            for point in each.points:
                if point.money is not None and self.chosen.get(point.start) == each.name.basis:
                    own[point.start] = own.get(point.start, _NOTHING) + point.money
        return found

    def course(self, own: Mapping[int, Decimal]) -> tuple[Bucket, ...]:
        """The buckets of one group: what was read and not told is 0."""
        return tuple(
            each if each.amount is None else each._replace(amount=own.get(each.start, _NOTHING))
            for each in self.buckets
        )


def units(series: Iterable[UsageSeries]) -> list[str]:
    """The currencies in which the account tells money; requests where it tells none."""
    found = {each.name.currency for each in series if any(point.money is not None for point in each.points)}
    if found:
        return sorted(found)
    told = any(point.requests is not None for each in series for point in each.points)
    return [REQUESTS] if told else []


def in_unit(series: Iterable[UsageSeries], unit: str) -> list[UsageSeries]:
    """The series that tell of `unit`, with their amounts as money."""
    if unit != REQUESTS:
        return [each for each in series if each.name.currency == unit]
    return [
        UsageSeries(
            each.name._replace(currency=REQUESTS),
            tuple(point._replace(money=Decimal(point.requests)) for point in each.points if point.requests is not None),
        )
        for each in series
    ]


def figures(sheet: Sheet) -> Figures:
    """The account's total."""
    return _laid(sheet, _COUNTS if sheet.unit == REQUESTS else ORDER)


def telling(sheet: Sheet, field: str) -> Figures | None:
    """The sum of what tells "key", "model" or "project" apart; None where nothing does."""
    order = _COUNTS if sheet.unit == REQUESTS else _DETAILS
    bases = {each.basis for each in sheet.names if getattr(each, field)}
    bases &= {each.name.basis for each in sheet.merged}
    return _laid(sheet, [basis for basis in order if basis in bases]) if bases & set(order) else None


def _laid(sheet: Sheet, order: Sequence[str]) -> Figures:
    width = sheet.width
    found = {each.start: each for each in totals(sheet.merged, width, order)}
    sources = {
        basis: {name.source for name in sheet.names if name.basis == basis and name.granularity <= width}
        for basis in order
    }
    every = set().union(*sources.values())
    buckets = []
    for start in sheet.starts:
        bucket, total = Span(start, start + width), found.get(start)
        if total is not None:
            final = total.complete and sheet.reach.covers(bucket, sources[total.basis])
            buckets.append(Bucket(start, total.money, final))
        else:
            known = sheet.reach.knows(bucket, every)
            buckets.append(Bucket(start, _NOTHING if known else None, known and sheet.reach.covers(bucket, every)))
    chosen = {start: each.basis for start, each in found.items()}
    return Figures(tuple(buckets), chosen, tuple(basis for basis in order if basis in chosen.values()))

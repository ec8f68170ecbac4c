"""The report on one account: its figures with what was normal, what was unusual, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.audit.report.figures import REQUESTS, Figures, Sheet, figures, in_unit, telling, units
from keyguard.audit.report.forecast import forecast, month_of
from keyguard.audit.report.normal import with_normals
from keyguard.audit.report.rankings import ranking
from keyguard.audit.report.reach import Reach, reach_of
from keyguard.audit.report.remarks import mismatch, remarks
from keyguard.audit.times import ceiling, floor
from keyguard.model.usage import DAY, HOUR, SeriesName, Span, UsageSeries
from keyguard.model.usage_report import AccountUsage, Bucket, Course, Mark, Spending, Window
from keyguard.state.usage import Choice, named
from keyguard.state.usage_sums import merged, summed

if TYPE_CHECKING:
    from keyguard.audit.accounts import Limits
    from keyguard.state.database import Database

FIELDS: Final = ("key", "model", "project")
# What the baseline learns from before the first bucket that is shown.
_BEFORE: Final = {DAY: 56 * DAY, HOUR: 28 * DAY}


class Wish(NamedTuple):
    """What is to be shown: a span, in buckets of `width` seconds, with courses for the `top` greatest by `by`."""

    span: Span
    width: int
    by: str
    top: int
    now: int


class Known(NamedTuple):
    """What is known of an account beyond figures."""

    limits: Sequence[Limits] = ()
    key_limits: Sequence[Limits] = ()
    marks: Sequence[Mark] = ()
    windows: Sequence[Window] = ()


class _Desk(NamedTuple):
    """An account's series by number, and a look at them in one unit: before, in and after the span."""

    state: Database
    series: Sequence[tuple[int, SeriesName]]
    sheet: Sheet
    wish: Wish
    known: Known

    def sums(self, by: Mapping[str, Figures]) -> dict[str, dict[str, Decimal]]:
        """What each key, model and project holds in the span."""
        read = self._read(self.series, self.wish.span) if by else []
        return {
            field: {group: sum(own.values(), Decimal(0)) for group, own in found.share(read, field).items()}
            for field, found in by.items()
        }

    def courses(self, total: Figures, parts: Figures | None, groups: Sequence[str]) -> list[tuple[Bucket, ...]]:
        """Of the whole account, then of each group."""
        by, starts = self.wish.by, self.sheet.starts
        mine = [each for each in self.series if getattr(each[1], by) in groups]
        shares = parts.share(self._read(mine, Span(starts[0], self.wish.now)), by) if parts else {}
        courses = [total.buckets, *(parts.course(shares.get(group, {})) for group in groups if parts)]
        return with_normals(courses, self.sheet.unit, self.sheet.width)

    def _read(self, series: Sequence[tuple[int, SeriesName]], span: Span) -> list[UsageSeries]:
        fine = [each for each in series if each[1].granularity <= self.sheet.width]
        return in_unit(summed(self.state, fine, span, self.sheet.width), self.sheet.unit)


def survey(state: Database, provider: str, account: str, wish: Wish, known: Known) -> AccountUsage:
    """Never fails for want of figures: what is missing is said in the notes."""
    reach = reach_of(state, provider, account)
    series = named(state, Choice(provider, account))
    fine = any(name.granularity <= wish.width for _, name in series)
    width = wish.width if fine else DAY
    wish = wish._replace(width=width, span=_rounded(wish.span, width, wish.now))
    looks = {each: _merged(state, provider, account, wish, each) for each in {width, DAY}}
    spendings = []
    for unit in _units(looks[width], known):
        desks = [
            _Desk(state, series, _sheet(looks[each], series, reach, unit, wish, each), wish, known)
            for each in (width, DAY)
        ]
        spendings.append(_spending(*desks))
    limited = {each.unit for each in (*known.limits, *known.key_limits)}
    notes = (*remarks(state, (provider, account), wish.span, spendings, reach), *mismatch(limited, spendings))
    return AccountUsage(provider, account, tuple(spendings), tuple(known.marks), tuple(known.windows), notes)


def _rounded(span: Span, width: int, now: int) -> Span:
    return Span(floor(span.start, width), min(ceiling(span.end, width), now))


def _sheet(
    merged: Sequence[UsageSeries],
    series: Sequence[tuple[int, SeriesName]],
    reach: Reach,
    unit: str,
    wish: Wish,
    width: int,
) -> Sheet:
    names = [name for _, name in series if unit in (REQUESTS, name.currency)]
    return Sheet(in_unit(merged, unit), names, reach, unit, _starts(wish, width), width)


def _merged(state: Database, provider: str, account: str, wish: Wish, width: int) -> list[UsageSeries]:
    starts = _starts(wish, width)
    return merged(state, provider, account, Span(starts[0], min(starts[-1] + width, wish.now)), width)


def _units(series: Sequence[UsageSeries], known: Known) -> list[str]:
    """Currencies, else requests; requests as well where there is a limit on them."""
    found = units(series)
    limited = any(each.unit == REQUESTS for each in (*known.limits, *known.key_limits))
    told = limited and any(point.requests is not None for each in series for point in each.points)
    return [*found, REQUESTS] if told and REQUESTS not in found else found


def _starts(wish: Wish, width: int) -> range:
    """The buckets to read: those of the span, those to learn from, and days to the end of the month."""
    since, until = floor(wish.span.start, width), ceiling(wish.span.end, width)
    if width == DAY:
        month = month_of(wish.now)
        since, until = min(since, month.start), max(until, month.end)
    return range(since - _BEFORE[width], until, width)


def _spending(desk: _Desk, days: _Desk) -> Spending:
    """`days` look at the month, whatever the width of what is shown."""
    sheet, wish = desk.sheet, desk.wish
    total, by = figures(sheet), {field: found for field in FIELDS if (found := telling(sheet, field))}
    sums = desk.sums(by)
    groups = _groups(sums.get(wish.by, {}), wish, desk.known)
    courses = desk.courses(total, by.get(wish.by), groups)
    months = courses
    if sheet.width != DAY:
        months = days.courses(figures(days.sheet), telling(days.sheet, wish.by), groups)
    made = [_course(name, one, month, desk) for name, one, month in zip(["", *groups], courses, months)]
    rankings = tuple(ranking(field, found.bases, sums[field], wish.top) for field, found in by.items())
    return Spending(sheet.unit, sheet.width, total.bases, made[0], wish.by, tuple(made[1:]), rankings)


def _groups(sums: Mapping[str, Decimal], wish: Wish, known: Known) -> list[str]:
    """Those that hold the most, then those that something happened to."""
    ordered = sorted((group for group in sums if group and sums[group]), key=lambda group: (-sums[group], group))
    met = {getattr(each, wish.by, "") for each in (*known.marks, *known.windows)}
    return [*ordered[: wish.top], *(group for group in ordered[wish.top :] if group in met)]


def _course(name: str, buckets: Sequence[Bucket], days: Sequence[Bucket], desk: _Desk) -> Course:
    wish, known, unit = desk.wish, desk.known, desk.sheet.unit
    shown = [each for each in buckets if wish.span.start <= each.start < wish.span.end]
    limits = known.key_limits if name and wish.by == "key" else () if name else known.limits
    apart = any(each.key for each in desk.sheet.names)
    return Course(
        name,
        sum((each.amount for each in shown if each.amount is not None), Decimal(0)),
        tuple(shown),
        forecast(days, wish.now, _limit(limits, unit, "monthly")) if wish.span.end >= wish.now else None,
        _limit(limits, unit, {DAY: "daily", HOUR: "hourly"}[desk.sheet.width]),
        tuple(each.id for each in known.marks if not name or getattr(each, wish.by, "") == name),
        tuple(
            each
            for each in known.windows
            if (each.key == name if name and wish.by == "key" else not name and (each.key or not apart))
        ),
    )


def _limit(limits: Sequence[Limits], unit: str, span: str) -> Decimal | None:
    """The lowest limit that the configuration sets for this unit."""
    found = [getattr(each, span) for each in limits if each.unit == unit]
    return min((each for each in found if each is not None), default=None)

"""One chart of the usage page: an SVG that stretches with the window, and the same figures as a table."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.report import usage_labels as labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model.usage_report import Bucket, Course, Mark, Window

_HEIGHT: Final = 100.0  # of the drawing, in its own units; a bucket is one unit wide


class Chart(NamedTuple):
    """A course to draw. `marks` are all of its account: their places in that list are their numbers. `note` is said
    below.
    """

    id: str
    title: str
    course: Course
    unit: str
    width: int
    marks: Sequence[Mark]
    note: str = ""

    @property
    def met(self) -> list[tuple[int, Mark]]:
        """The anomalies of this course, with their numbers."""
        own = set(self.course.marks)
        return [(number, mark) for number, mark in enumerate(self.marks, 1) if mark.id in own]


class _Scale(NamedTuple):
    """From time and amount to the drawing."""

    first: int
    width: int
    size: int
    bottom: float
    top: float

    def x(self, seconds: int | None) -> float:
        return self.size if seconds is None else min(max((seconds - self.first) / self.width, 0), self.size)

    def y(self, value: float) -> float:
        return _HEIGHT - (value - self.bottom) / (self.top - self.bottom) * _HEIGHT


def chart_parts(chart: Chart) -> Iterator[str]:
    """A `<figure>`. A screen reader says its name and description instead of the drawing; the table holds all of it."""
    buckets, name = chart.course.buckets, chart.id
    scale = _scale(chart)
    yield f'<figure class="usage" id="{name}" aria-labelledby="{name}-title">'
    yield f'<figcaption id="{name}-title">{escape(chart.title)}</figcaption>'
    yield '<div class="plot"><div class="scale" aria-hidden="true">'
    middle = (scale.top + scale.bottom) / 2
    yield "".join(
        f"<span>{escape(labels.amount(each, chart.unit))}</span>" for each in (scale.top, middle, scale.bottom)
    )
    yield f'</div><svg class="chart" role="group" aria-labelledby="{name}-title" aria-describedby="{name}-told">'
    yield f'<svg viewBox="0 0 {scale.size} {_HEIGHT:.0f}" preserveAspectRatio="none" aria-hidden="true">'
    yield from _shapes(chart, scale)
    yield "</svg>"
    yield from _numbers(chart, scale)
    yield '</svg><div class="dates" aria-hidden="true">'
    for place in (0, len(buckets) // 2, -1):
        yield f"<span>{labels.bucket(buckets[place].start, chart.width)}</span>"
    told = f"{_told(chart)} {chart.note}".strip()
    yield f'</div></div><p class="told" id="{name}-told">{escape(told)}</p>'
    each, last = labels.each(chart.width), len(buckets) - 1
    yield f'<p class="reader" hidden><label>Read it {each} by {each} '
    yield f'<input type="range" min="0" max="{last}" value="{last}"></label> <output></output></p>'
    yield f"<details><summary>Figures: {escape(chart.title)}</summary>"
    yield from _table(chart)
    yield "</details></figure>"


def _scale(chart: Chart) -> _Scale:
    buckets = chart.course.buckets
    told = [float(each.amount) for each in buckets if each.amount is not None]
    told += [each.normal.expected for each in buckets if each.normal]
    # A band far above everything else would flatten what is to be seen.
    most = max(told, default=0.0)
    told += [min(each.normal.high, 1.5 * most) for each in buckets if each.normal]
    bottom = min(told, default=0.0)
    top = max([*told, 0.0])
    return _Scale(buckets[0].start, chart.width, len(buckets), min(bottom, 0.0), top * 1.05 if top > 0 else 1.0)


def _shapes(chart: Chart, scale: _Scale) -> Iterator[str]:
    """What is exposed, unusual and unknown behind; then the band, the bars, what was expected, and the limit.

    Strips at the edges tell stretches of time apart without colours.
    """
    exposed = [(scale.x(each.start), scale.x(each.end)) for each in chart.course.windows]
    unusual = [(scale.x(mark.start), scale.x(mark.end)) for _, mark in chart.met]
    yield from (_area("exposed", start, end, 0, _HEIGHT) for start, end in exposed)
    yield from (_area("anomaly", start, end, 0, _HEIGHT) for start, end in unusual)
    paths: dict[str, list[str]] = {"band": [], "gap": [], "bar": [], "bar open": [], "expected": []}
    for place, bucket in enumerate(chart.course.buckets):
        if bucket.amount is not None:
            y, kind = scale.y(float(bucket.amount)), "bar" if bucket.final else "bar open"
            paths[kind].append(f"M{place}.15 {scale.y(0):.2f}V{y:.2f}h.7V{scale.y(0):.2f}z")
        if bucket.normal:
            low, high = scale.y(bucket.normal.low), max(scale.y(bucket.normal.high), -1.0)
            paths["band"].append(f"M{place} {low:.2f}h1V{high:.2f}h-1z")
            paths["expected"].append(f"M{place} {scale.y(bucket.normal.expected):.2f}h1")
    paths["gap"] = [_box(start, end, 0, _HEIGHT) for start, end in _gaps(chart.course.buckets)]
    yield from (f'<path class="{kind}" d="{"".join(drawn)}"/>' for kind, drawn in paths.items() if drawn)
    yield from (_area("exposed strip", start, end, 0, 3) for start, end in exposed)
    yield from (_area("anomaly strip", start, end, _HEIGHT - 3, _HEIGHT) for start, end in unusual)
    limit = chart.course.limit
    if limit is not None and float(limit) <= scale.top:
        yield f'<path class="limit" d="M0 {scale.y(float(limit)):.2f}h{scale.size}"/>'
    yield f'<path class="cursor" d="M0 0V{_HEIGHT:.0f}"/>'


def _gaps(buckets: Sequence[Bucket]) -> Iterator[tuple[int, int]]:
    """Runs of buckets of which nothing was read."""
    for unknown, run in groupby(enumerate(buckets), key=lambda pair: pair[1].amount is None):
        places = [place for place, _ in run]
        if unknown:
            yield places[0], places[-1] + 1


def _area(kind: str, start: float, end: float, top: float, bottom: float) -> str:
    return f'<path class="{kind}" d="{_box(start, max(end, start + 0.1), top, bottom)}"/>'


def _box(left: float, right: float, top: float, bottom: float) -> str:
    return f"M{left:.3f} {top:.0f}H{right:.3f}V{bottom:.0f}H{left:.3f}z"


def _numbers(chart: Chart, scale: _Scale) -> Iterator[str]:
    """Links from anomalies to what is said of them. Percentages, so that letters keep their shape."""
    taken = -1.0
    level = 0
    for number, mark in chart.met:
        left = scale.x(mark.start) / scale.size * 100
        level = (level + 1) % 3 if left - taken < 3 else 0
        taken = left
        anchor = "end" if left > 96 else "start"
        yield f'<a href="#anomaly-{escape(mark.id)}" aria-label="anomaly {number}, {escape(mark.severity)}">'
        yield f'<text x="{left:.2f}%" y="{18 + 14 * level}" text-anchor="{anchor}">▲{number}</text></a>'


def _told(chart: Chart) -> str:
    """What a person sees at a glance, in words."""
    buckets, unit = chart.course.buckets, chart.unit
    known = [each for each in buckets if each.amount is not None]
    if not known:
        return "Nothing was read of this time."
    most = max(known, key=lambda each: each.amount or 0)
    told = [f"Most: {labels.amount(most.amount or 0, unit)} on {labels.bucket(most.start, chart.width)}"]
    above = sum(1 for each in known if each.normal and float(each.amount or 0) > each.normal.high)
    if any(each.normal for each in known):
        told.append(f"above the band: {above} of {len(known)}")
    for count, words in (
        (len(chart.met), "anomalies: {}"),
        (len(chart.course.windows), "exposures: {}"),
        (len(buckets) - len(known), "not read: {}"),
        (sum(not each.final for each in known), "not final: {}"),
    ):
        if count:
            told.append(words.format(count))
    return "; ".join(told) + "."


def _table(chart: Chart) -> Iterator[str]:
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{escape(chart.title)}"><table>'
    yield f"<caption>{escape(chart.title)}</caption><thead><tr>"
    heads = (f"{labels.each(chart.width).capitalize()}, UTC", "Amount", "Expected", "Band", "Remarks")
    yield "".join(f'<th scope="col">{escape(each)}</th>' for each in heads) + "</tr></thead><tbody>"
    for bucket in chart.course.buckets:
        cells = _cells(bucket, chart)
        rest = "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
        yield f'<tr><th scope="row">{escape(cells[0])}</th>{rest}</tr>'
    yield "</tbody></table></div>"


def _cells(bucket: Bucket, chart: Chart) -> tuple[str, ...]:
    unit, normal = chart.unit, bucket.normal
    end = bucket.start + chart.width
    remarks = [] if bucket.final else ["not read" if bucket.amount is None else "not final"]
    remarks += [f"anomaly {number}" for number, mark in chart.met if _meets(mark, bucket.start, end)]
    remarks += ["key exposed"] if any(_meets(each, bucket.start, end) for each in chart.course.windows) else []
    return (
        labels.bucket(bucket.start, chart.width),
        "" if bucket.amount is None else labels.amount(bucket.amount, unit),
        labels.amount(normal.expected, unit) if normal else "",
        f"{labels.amount(normal.low, unit)} to {labels.amount(normal.high, unit)}" if normal else "",
        ", ".join(remarks),
    )


def _meets(one: Mark | Window, start: int, end: int) -> bool:
    return one.start < end and (one.end is None or start < one.end)

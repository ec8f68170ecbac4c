"""The usage report as a picture, for chats and mails that show no HTML. matplotlib draws it (extra `png`)."""

from __future__ import annotations

import textwrap
import warnings
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TextIO

from keyguard.errors import KeyguardError
from keyguard.report import usage_labels as labels
from keyguard.report.visible import visible
from keyguard.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model.usage_report import AccountUsage, Course, Mark, Normal, Spending, UsageReport

_MOST: Final = 24  # charts in one picture
_INCHES: Final = (12.0, 2.4)  # the picture's width, a chart's height
_DPI: Final = 100
_LINE: Final = 0.19  # inches of a line of text
_SIGNS: Final = 150  # in a line of text
_USED, _BAND, _BAD, _EXPOSED, _LIMIT, _SOFT = "#2f6fab", "#b9d4ee", "#b00020", "#8a3ab9", "#a84300", "#c9ced8"


class _Panel(NamedTuple):
    """One chart. `wide` ones take a whole row."""

    title: str
    course: Course
    spending: Spending
    marks: Sequence[Mark]
    wide: bool


def write_png(report: UsageReport, out: TextIO) -> None:
    """Writes bytes to the buffer below `out`. KeyguardError, with what to install, where matplotlib is missing."""
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise KeyguardError("PNG needs matplotlib", 'pip install "keyguard[png]", or write --format html') from None
    panels = [panel for account in report.accounts for panel in _panels(account)]
    rows = list(_rows(panels[:_MOST]))
    lines = list(_lines(report, len(panels) - _MOST))
    height = _INCHES[1] * len(rows) + _LINE * (len(lines) + 3)
    # A person's own style file stays out of it, `$` is no formula, and a sign that the font lacks is no fault.
    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mpl.rcdefaults()
        mpl.rcParams.update({"text.parse_math": False, "font.size": 8, "axes.titlesize": 9, "hatch.linewidth": 0.5})
        figure = Figure(figsize=(_INCHES[0], height), dpi=_DPI, layout="constrained")
        figure.suptitle(_title(report), fontsize=12, x=0.01, ha="left")
        grid = figure.add_gridspec(
            len(rows) + 1, 2, height_ratios=[*(_INCHES[1] for _ in rows), _LINE * len(lines) + 0.1]
        )
        for place, row in enumerate(rows):
            for column, panel in enumerate(row):
                _draw(figure.add_subplot(grid[place, :] if panel.wide else grid[place, column]), panel)
        below = figure.add_subplot(grid[len(rows), :])
        below.axis("off")
        below.text(0, 1, "\n".join(lines), va="top", transform=below.transAxes)
        FigureCanvasAgg(figure)
        picture = BytesIO()
        figure.savefig(picture, format="png", metadata={"Title": _title(report), "Software": f"keyguard {VERSION}"})
    out.flush()
    out.buffer.write(picture.getvalue())


def _title(report: UsageReport) -> str:
    told = ", ".join(labels.amount(value, unit) for unit, value in report.totals.items()) or "no figures"
    return f"keyguard usage report, {labels.day(report.since)} to {labels.day(report.until - 1)} UTC: {told}"


def _panels(account: AccountUsage) -> Iterator[_Panel]:
    for spending in account.spendings:
        unit = spending.unit
        title = f"{visible(account.title)}: {labels.amount(spending.total.amount, unit)}"
        if spending.total.forecast:
            title += "\n" + labels.forecast_words(spending.total.forecast, unit)
        yield _Panel(title, spending.total, spending, account.marks, wide=True)
        for part in spending.parts:
            name = f"{spending.by} {labels.name_of(part.name, spending.by)}: {labels.amount(part.amount, unit)}"
            yield _Panel(name, part, spending, account.marks, wide=False)


def _rows(panels: Sequence[_Panel]) -> Iterator[list[_Panel]]:
    for wide, run in groupby(panels, key=lambda panel: panel.wide):
        found = list(run)
        size = 1 if wide else 2
        yield from (found[place : place + size] for place in range(0, len(found), size))


def _lines(report: UsageReport, left: int) -> Iterator[str]:
    """What has to be said in words."""
    yield (
        "bars: used (hollow: not final); shaded: normal; line: expected; ▲ red: anomaly; "
        "violet: a leaked key was exposed; hatched: not read; dashed: limit"
    )
    for account in report.accounts:
        said = [f"▲{number} {mark.severity}: {mark.sentence}" for number, mark in enumerate(account.marks, 1)]
        said += [
            f"exposed: {labels.window_subject(each)}, {labels.stretch(each.start, each.end)}"
            for each in account.windows
        ]
        for text in [*said, *account.notes]:
            yield from textwrap.wrap(f"{visible(account.title)}  {visible(text)}", _SIGNS, subsequent_indent="    ")
    if left > 0:
        yield f"and {left:,} more charts: --format html shows all"


def _draw(axes: Any, panel: _Panel) -> None:
    course, width = panel.course, panel.spending.width
    buckets = course.buckets
    _draw_times(axes, panel)
    _draw_normals(axes, [(place, each.normal) for place, each in enumerate(buckets) if each.normal])
    for place, bucket in enumerate(buckets):
        if bucket.amount is None:
            axes.axvspan(place, place + 1, facecolor="none", edgecolor=_SOFT, hatch="///", lw=0)
    told = [
        (place + 0.5, float(each.amount), each.final) for place, each in enumerate(buckets) if each.amount is not None
    ]
    for wanted, style in ((True, {"color": _USED}), (False, {"edgecolor": _USED, "facecolor": "none", "ls": "--"})):
        bars = [(middle, amount) for middle, amount, final in told if final == wanted]
        axes.bar([middle for middle, _ in bars], [amount for _, amount in bars], 0.7, **style)
    if course.limit is not None:
        axes.axhline(float(course.limit), color=_LIMIT, ls="--", lw=1)
    axes.set_xlim(0, len(buckets))
    places = sorted({0, len(buckets) // 2, len(buckets) - 1})
    axes.set_xticks([place + 0.5 for place in places], [labels.bucket(buckets[place].start, width) for place in places])
    axes.set_ylabel(panel.spending.unit)
    axes.set_title(panel.title, loc="left")


def _draw_times(axes: Any, panel: _Panel) -> None:
    """Anomalies and exposures, as stretches of time."""
    course, width = panel.course, panel.spending.width
    first, count = course.buckets[0].start, len(course.buckets)

    def at(seconds: int | None) -> float:
        return count if seconds is None else min(max((seconds - first) / width, 0), count)

    for window in course.windows:
        axes.axvspan(at(window.start), at(window.end), color=_EXPOSED, alpha=0.15, lw=0)
    for number, mark in enumerate(panel.marks, 1):
        if mark.id in course.marks:
            axes.axvspan(at(mark.start), max(at(mark.end), at(mark.start) + 0.1), color=_BAD, alpha=0.15, lw=0)
            axes.text(at(mark.start), 0.97, f"▲{number}", color=_BAD, va="top", transform=axes.get_xaxis_transform())


def _draw_normals(axes: Any, normals: Sequence[tuple[int, Normal]]) -> None:
    middles, lows = [place + 0.5 for place, _ in normals], [each.low for _, each in normals]
    axes.bar(middles, [each.high - each.low for _, each in normals], 1, bottom=lows, color=_BAND)
    expected = [each.expected for _, each in normals]
    axes.hlines(
        expected, [place for place, _ in normals], [place + 1 for place, _ in normals], color="black", lw=1, zorder=3
    )

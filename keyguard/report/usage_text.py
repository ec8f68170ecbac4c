"""The usage report for a terminal: sparklines, rankings, and what was unusual."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from keyguard.report import usage_labels as labels
from keyguard.report.lines import Span, write_lines
from keyguard.report.sparks import Sparks, legend
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model.usage_report import AccountUsage, Ranking, Spending, UsageReport
    from keyguard.report.lines import Line

_SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan"}
_NAME = 28  # cells for a name


def write_text(report: UsageReport, out: TextIO, *, color: bool, columns: int = 100) -> None:
    """Lines are no longer than `columns`, but for sentences."""
    sparks = Sparks(max(10, columns - 14), out.encoding)
    write_lines(_lines(report, sparks), out, color=color)


def _lines(report: UsageReport, sparks: Sparks) -> Iterator[Line]:
    for account in report.accounts:
        yield from _account_lines(account, sparks)
    if len(report.accounts) > 1 and report.totals:
        told = ", ".join(labels.amount(value, unit) for unit, value in report.totals.items())
        yield (Span("all accounts  ", "bold"), Span(told))
    if not any(account.spendings for account in report.accounts):
        yield (Span("nothing to show; `keyguard audit read` asks the configured accounts", "yellow"),)


def _account_lines(account: AccountUsage, sparks: Sparks) -> Iterator[Line]:
    for spending in account.spendings:
        yield from _spending_lines(account, spending, sparks)
    if not account.spendings:
        yield (Span(visible(account.title), "bold"),)
    for number, mark in enumerate(account.marks, 1):
        style = _SEVERITY_STYLES.get(mark.severity, "")
        yield (Span(f"  {number}  {mark.severity}", style), Span(f"  {labels.stretch(mark.start, mark.end)}", "dim"))
        yield (Span(f"     {visible(mark.sentence)}"),)
    for window in account.windows:
        told = f"exposed: {labels.window_subject(window)}, {labels.stretch(window.start, window.end)}"
        yield (Span("  ~  ", "magenta"), Span(told), Span(f", incident {visible(window.incident)}", "dim"))
    for note in account.notes:
        yield (Span("  note: ", "dim"), Span(visible(note)))
    yield ()


def _spending_lines(account: AccountUsage, spending: Spending, sparks: Sparks) -> Iterator[Line]:
    total, unit = spending.total, spending.unit
    first, last = (labels.bucket(total.buckets[place].start, spending.width) for place in (0, -1))
    yield (
        Span(visible(account.title), "bold"),
        Span(f"  {first} to {last} UTC by the {labels.each(spending.width)}, {labels.bases(spending.bases)}", "dim"),
    )
    if all(each.amount is None for each in total.buckets):
        yield (Span("  nothing was read of this time"),)
    else:
        yield (Span("  spent     "), Span(labels.amount(total.amount, unit), "bold"), Span(_against(spending)))
        yield (Span("            "), *sparks.spans(total.buckets, spending.width, account.marks))
        if any(each.normal for each in total.buckets):
            yield (Span("  normal    ", "dim"), *sparks.expected(total.buckets))
        for under, style in (
            (sparks.under(total.buckets, spending.width, account.marks), "bold red"),
            (sparks.exposed(total.buckets, spending.width, total.windows), "magenta"),
        ):
            if under:
                yield (Span("            "), Span(under, style), Span(f"  {legend(under)}", "dim"))
    if told := labels.bucket_limit(spending):
        yield (Span("            "), Span(told))
    if total.forecast:
        yield (Span("  forecast  "), Span(labels.forecast_words(total.forecast, unit)))
    for ranking in spending.rankings:
        yield from _ranking_lines(ranking, spending, sparks)


def _against(spending: Spending) -> str:
    found = labels.expectation(spending)
    if found is None:
        return ""
    held, expected = (labels.amount(value, spending.unit) for value in found)
    return f"; final {labels.each(spending.width)}s {held} where {expected} is normal"


def _ranking_lines(ranking: Ranking, spending: Spending, sparks: Sparks) -> Iterator[Line]:
    if not ranking.ranks:
        return
    yield (Span(f"  top {ranking.by}s", "bold"), Span(_apart(ranking, spending), "dim"))
    courses = {course.name: course for course in spending.parts} if ranking.by == spending.by else {}
    for rank in ranking.ranks:
        name = labels.name_of(rank.name, ranking.by)
        told = f"    {_cut(name)}  {labels.amount(rank.amount, spending.unit):>14}  {labels.share(rank.share):>4}"
        course = courses.get(rank.name)
        if course is None:
            yield (Span(told),)
            continue
        flags = f" {'!' if course.marks else ' '}{'~' if course.windows else ' '} "
        line = sparks.narrow(len(told) + len(flags)).spans(course.buckets, spending.width)
        yield (Span(told), Span(flags, "bold red"), *line)
        if course.forecast and (limit := labels.limit_words(course.forecast, spending.unit)):
            yield (Span(f"      {limit}", "dim"),)
    if ranking.others:
        told = f"and {ranking.others:,} more"
        yield (Span(f"    {_cut(told)}  {labels.amount(ranking.rest, spending.unit):>14}", "dim"),)


def _apart(ranking: Ranking, spending: Spending) -> str:
    """Says where the sum of the rows is not the total above."""
    if ranking.whole == spending.total.amount:
        return ""
    return f"  {labels.bases(ranking.bases)}: {labels.amount(ranking.whole, spending.unit)} together, not the total"


def _cut(name: str) -> str:
    return name.ljust(_NAME) if len(name) <= _NAME else f"{name[: _NAME - 1]}…"

"""The usage report as one HTML page that needs no network: charts, anomalies, exposed keys, rankings, forecasts.

Without JavaScript it is the same page without the slider that reads a chart.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TextIO

from keyguard.report import usage_labels as labels
from keyguard.report.page_frame import asset, foot, head
from keyguard.report.usage_chart import Chart, chart_parts
from keyguard.report.visible import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.model.usage_report import AccountUsage, Ranking, Spending, UsageReport

_LEGEND = (
    ("bar", "used"),
    ("bar open", "not final yet"),
    ("band", "normal: the band that 19 of 20 usual buckets keep to"),
    ("expected", "expected"),
    ("anomaly strip", "▲ anomaly"),
    ("exposed strip", "a leaked key was exposed"),
    ("gap", "not read"),
    ("limit", "limit"),
)


def write_html(report: UsageReport, out: TextIO) -> None:
    """Writes the page, accounts in the order of the report."""
    out.writelines(encodable(part, out.encoding) + "\n" for part in _parts(report))


def _parts(report: UsageReport) -> Iterator[str]:
    style, script = asset("page.css") + asset("usage.css"), asset("usage.js")
    yield from head("keyguard usage report", style, script)
    yield f'<header><p class="brand">keyguard usage report</p><h1>{escape(_headline(report))}</h1>'
    yield f"<p>{labels.minute(report.since)} to {labels.minute(report.until)} UTC</p></header>"
    yield '<main id="main"><section aria-labelledby="summary-title"><h2 id="summary-title">Summary</h2>'
    yield from _cards(report)
    if any(account.spendings for account in report.accounts):
        yield from _legend()
    else:
        yield "<p>Nothing to show: <code>keyguard audit read</code> asks the configured accounts.</p>"
    yield "</section>"
    for number, account in enumerate(report.accounts, 1):
        yield from _account_parts(f"a{number}", account)
    yield from foot(f"As known on {labels.minute(report.now)} UTC. It holds no secrets.", script)


def _headline(report: UsageReport) -> str:
    return ", ".join(labels.amount(value, unit) for unit, value in report.totals.items()) or "No figures"


def _cards(report: UsageReport) -> Iterator[str]:
    marks = [mark for account in report.accounts for mark in account.marks]
    windows = {(each.incident, each.masked) for account in report.accounts for each in account.windows}
    cards = [("", labels.amount(value, unit), "used") for unit, value in report.totals.items()]
    cards.append(("critical" if marks else "", f"{len(marks):,}", "anomaly" if len(marks) == 1 else "anomalies"))
    cards.append(("high" if windows else "", f"{len(windows):,}", f"exposed key{'s' * (len(windows) != 1)}"))
    yield '<ul class="cards">'
    for name, told, label in cards:
        yield f'<li class="card {name}"><span class="number">{escape(told)}</span> {label}</li>'
    yield "</ul>"
    if len(report.accounts) > 1:
        yield '<nav aria-label="Accounts"><ul>'
        for number, account in enumerate(report.accounts, 1):
            told = ", ".join(labels.amount(each.total.amount, each.unit) for each in account.spendings) or "no figures"
            yield f'<li><a href="#a{number}-title">{escape(visible(account.title))}</a>: {escape(told)}</li>'
        yield "</ul></nav>"


def _legend() -> Iterator[str]:
    yield '<ul class="legend">'
    for kind, words in _LEGEND:
        shape = "M0 5h20" if kind in ("expected", "limit") else "M0 0h20v10H0z"
        yield f'<li><svg viewBox="0 0 20 10" aria-hidden="true"><path class="{kind}" d="{shape}"/></svg>{words}</li>'
    yield "</ul>"


def _account_parts(name: str, account: AccountUsage) -> Iterator[str]:
    yield f'<section aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(visible(account.title))}</h2>'
    if account.notes:
        yield '<ul class="warning">' + "".join(f"<li>{_note(note)}</li>" for note in account.notes) + "</ul>"
    yield from _anomalies(account)
    yield from _exposures(account)
    for number, spending in enumerate(account.spendings, 1):
        yield from _spending_parts(f"{name}-{number}", account, spending)
    yield "</section>"


def _note(text: str) -> str:
    """A note, with commands as such."""
    parts = escape(visible(text)).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _anomalies(account: AccountUsage) -> Iterator[str]:
    if not account.marks:
        return
    yield "<h3>Anomalies</h3><ol>"
    for mark in account.marks:
        yield f'<li id="anomaly-{escape(mark.id)}" class="{escape(mark.severity)}"><p><span class="badge">'
        yield f"{escape(mark.severity)}</span> <strong>{escape(labels.subject(mark))}</strong>, "
        yield f"{escape(labels.stretch(mark.start, mark.end))}{'' if mark.told else ' (nobody was told)'}</p>"
        yield f"<p>{escape(visible(mark.sentence))} Likely causes: {escape(visible(', '.join(mark.causes)))}.</p></li>"
    yield "</ol>"


def _exposures(account: AccountUsage) -> Iterator[str]:
    if not account.windows:
        return
    rows = (
        (
            labels.window_subject(each),
            labels.stretch(each.start, each.end),
            visible(each.incident) + (" (closed)" if each.closed else ""),
        )
        for each in account.windows
    )
    yield from _table("Exposed keys", ("Key", "Exposed", "Incident"), rows)


def _spending_parts(name: str, account: AccountUsage, spending: Spending) -> Iterator[str]:
    unit, each = spending.unit, labels.each(spending.width)
    yield f"<h3>{escape(visible(unit))} by the {each} <small>{escape(labels.bases(spending.bases))}</small></h3>"
    title = f"{visible(account.title)}: {labels.amount(spending.total.amount, unit)} by the {each}"
    yield from chart_parts(Chart(name, title, spending.total, unit, spending.width, account.marks))
    yield "<ul>"
    for told in (_against(spending), labels.bucket_limit(spending), _forecast(spending)):
        if told:
            yield f"<li>{escape(told)}</li>"
    yield "</ul>"
    for ranking in spending.rankings:
        yield from _ranking(ranking, spending)
    if spending.parts:
        yield f'<h4>Each {spending.by}</h4><div class="parts">'
        for number, part in enumerate(spending.parts, 1):
            called = f"{spending.by} {labels.name_of(part.name, spending.by)}: {labels.amount(part.amount, unit)}"
            limit = labels.limit_words(part.forecast, unit) if part.forecast else ""
            note = f"This month: {limit}." if limit else ""
            yield from chart_parts(Chart(f"{name}-{number}", called, part, unit, spending.width, account.marks, note))
        yield "</div>"


def _against(spending: Spending) -> str:
    found = labels.expectation(spending)
    if found is None:
        return ""
    held, expected = (labels.amount(value, spending.unit) for value in found)
    return f"Final {labels.each(spending.width)}s hold {held} where {expected} is normal."


def _forecast(spending: Spending) -> str:
    found = spending.total.forecast
    return f"Forecast: {labels.forecast_words(found, spending.unit)}." if found else ""


def _ranking(ranking: Ranking, spending: Spending) -> Iterator[str]:
    if not ranking.ranks:
        return
    title = f"Top {ranking.by}s"
    if ranking.whole != spending.total.amount:
        told = labels.amount(ranking.whole, spending.unit)
        title += f" ({labels.bases(ranking.bases)}: {told} together, not the total above)"
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{escape(title)}"><table>'
    yield f'<caption>{escape(title)}</caption><thead><tr><th scope="col">{ranking.by.capitalize()}</th>'
    yield '<th scope="col">Amount</th><th scope="col">Share</th><th scope="col" class="axis">Share, drawn</th></tr>'
    yield "</thead><tbody>"
    for each in ranking.ranks:
        bar = f'<rect x="0" y="1" width="{max(0.0, each.share or 0) * 1000:.1f}" height="10"/>'
        yield f'<tr><th scope="row">{escape(labels.name_of(each.name, ranking.by))}</th>'
        yield f"<td>{escape(labels.amount(each.amount, spending.unit))}</td><td>{labels.share(each.share)}</td>"
        yield '<td class="axis"><svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">'
        yield f"{bar}</svg></td></tr>"
    yield "</tbody></table></div>"
    if ranking.others:
        yield f"<p>and {ranking.others:,} more: {escape(labels.amount(ranking.rest, spending.unit))}</p>"


def _table(caption: str, heads: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
    yield "<thead><tr>" + "".join(f'<th scope="col">{each}</th>' for each in heads) + "</tr></thead><tbody>"
    for first, *rest in rows:
        yield (
            f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(each)}</td>" for each in rest) + "</tr>"
        )
    yield "</tbody></table></div>"

"""The timeline of the HTML page: when secrets entered, and how long they stayed. A table, with a bar in each row."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.report.page_findings import anchor_of
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding, Provenance

_ROWS: Final = 100
_DAY: Final = 86_400
_WIDTH: Final = 1000


class Stay(NamedTuple):
    """Seconds since 1970. `end` is None where the secret left, and nobody knows when; `here`: it is still there."""

    start: float
    end: float | None
    last: float
    here: bool


def stay_of(finding: Finding, now: float) -> Stay | None:
    """From the first commit that brought it to the last one that took it out; None where no commit is known."""
    places = [place.provenance for place in finding.occurrences if place.provenance and place.provenance.date]
    brought = [seconds for place in places if (seconds := _seconds(place.date)) is not None]
    if not brought:
        return None
    if any(place.state == "head" for place in places):
        return Stay(min(brought), now, now, here=True)
    left = _left(places)
    return Stay(min(brought), left, max(*brought, left or 0), here=False)


def timeline_parts(findings: Sequence[Finding], now: float) -> Iterator[str]:
    """The section; nothing where no finding has a date."""
    stays = [(finding, stay) for finding in findings if (stay := stay_of(finding, now))]
    if not stays:
        return
    shown = sorted(stays[:_ROWS], key=lambda pair: pair[1].start)
    first = min(stay.start for _, stay in shown)
    last = max(now, *(stay.last for _, stay in shown))
    yield '<section aria-labelledby="timeline-title">'
    yield '<h2 id="timeline-title">When they entered, how long they stayed</h2>'
    yield '<div class="wide" tabindex="0" role="region" aria-labelledby="timeline-title"><table class="timeline">'
    yield "<thead><tr>"
    yield '<th scope="col">Secret</th><th scope="col">Entered</th><th scope="col">Left</th><th scope="col">Stayed</th>'
    yield f'<th scope="col" class="axis"><div><span>{_day(first)}</span><span>{_day((first + last) / 2)}</span>'
    yield f"<span>{_day(last)}</span></div></th></tr></thead><tbody>"
    for finding, stay in shown:
        yield from _row(finding, stay, first, max(last - first, 1.0))
    yield "</tbody></table></div>"
    if len(stays) > len(shown):
        yield f"<p>and {len(stays) - len(shown):,} more</p>"
    yield "</section>"


def _row(finding: Finding, stay: Stay, first: float, span: float) -> Iterator[str]:
    start = (stay.start - first) / span * _WIDTH
    width = max(((stay.end or stay.last) - stay.start) / span * _WIDTH, 4.0)
    start = min(start, _WIDTH - 4.0)
    left = "still there" if stay.here else _day(stay.end) if stay.end else "not known"
    stayed = _length((stay.end or stay.last) - stay.start)
    if not stay.end:
        stayed = "not known" if stay.last - stay.start < _DAY else f"at least {stayed}"
    shape = finding.severity.label + ("" if stay.end else " open")
    yield f'<tr data-for="{escape(anchor_of(finding))}"><th scope="row"><a href="#{escape(anchor_of(finding))}">'
    yield f"{escape(visible(finding.title))} <code>{escape(visible(finding.secret.masked))}</code></a></th>"
    yield f"<td>{_day(stay.start)}</td><td>{left}</td><td>{stayed}</td>"
    yield f'<td class="axis"><svg viewBox="0 0 {_WIDTH} 12" preserveAspectRatio="none" aria-hidden="true">'
    yield f'<rect class="{shape}" x="{start:.1f}" y="1" width="{width:.1f}" height="10"/></svg></td></tr>'


def _left(places: Sequence[Provenance]) -> float | None:
    """When the last place was given up; None where that of one place is not known."""
    ends = [_seconds(place.until) for place in places]
    return None if None in ends else max(end for end in ends if end is not None)


def _seconds(date: str) -> float | None:
    try:
        moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(max(seconds, 0)))


def _length(seconds: float) -> str:
    days = int(seconds // _DAY)
    if days < 1:
        return "less than a day"
    if days < 60:
        return f"{days} day{'' if days == 1 else 's'}"
    months = round(days / 30.44)
    return f"{months} months" if months < 24 else f"{months // 12} years {months % 12} months"

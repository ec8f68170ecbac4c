"""What a report must say about its own figures: what is missing, late, without a price, or not comparable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from keyguard.audit.report.figures import REQUESTS
from keyguard.audit.times import say
from keyguard.model.usage import DAY, Span
from keyguard.model.usage_report import Spending
from keyguard.state.alarms import is_judged
from keyguard.state.usage import outcomes
from keyguard.state.usage_sums import points_from, unpriced

if TYPE_CHECKING:
    from keyguard.audit.report.reach import Reach
    from keyguard.state.database import Database

_MOST: Final = 5  # gaps of a source that are named


def remarks(
    state: Database, title: tuple[str, str], span: Span, spendings: Sequence[Spending], reach: Reach
) -> Iterator[str]:
    """One sentence each, the gravest first."""
    for outcome in outcomes(state):
        if outcome[:2] == title and outcome.problem:
            yield f"{outcome.source or 'the account'} could not be read at {say(outcome.read_at)}: {outcome.problem}"
    if not spendings:
        yield "no money and no requests are known of this time" if reach.spans else "nothing was read yet"
    for model, requests, tokens, unit in unpriced(state, *title, span):
        used = ", ".join(f"{count:,} {what}" for count, what in ((requests, "requests"), (tokens, unit)) if count)
        yield f"no price is known for {model or 'use without a model'} ({used}): its money is unknown, and not counted"
    for source in reach.spans:
        yield from _gaps(source, reach, span)
    if future := points_from(state, *title, span.end):
        yield f"{future:,} figures lie after this time, and are left out"
    if len(spendings) > 1:
        yield f"{' and '.join(each.unit for each in spendings)} are never added up"
    if spendings and not is_judged(state, *title):
        yield "nobody looked for anomalies yet: `keyguard audit run` does"
    if any(all(bucket.normal is None for bucket in each.total.buckets) for each in spendings):
        yield "too little is known to say what is normal, or what the month will hold"


def mismatch(limited: Collection[str], spendings: Sequence[Spending]) -> Iterator[str]:
    """Limits in one currency say nothing about figures in another."""
    told = [each.unit for each in spendings]
    for unit in sorted(set(limited) - {*told, REQUESTS}) if told else ():
        yield f"a limit is in {unit}, but figures are in {' and '.join(told)}: it is not held against them"


def _gaps(source: str, reach: Reach, span: Span) -> Iterator[str]:
    gaps = [each for each in reach.gaps(source) if each.start < span.end and span.start < each.end]
    for gap in gaps[:_MOST]:
        yield f"{source}: nothing is known from {say(gap.start)} to {say(gap.end)}"
    if len(gaps) > _MOST:
        yield f"{source}: and {len(gaps) - _MOST:,} more gaps"
    end = reach.spans[source][-1].end
    if end < span.end - DAY:
        yield f"{source}: known up to {say(end)} only"

"""Up to where, and with which gaps, the sources of an account were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from keyguard.audit.times import missing
from keyguard.model.usage import Span
from keyguard.state.usage import Place, coverage, sources

if TYPE_CHECKING:
    from keyguard.state.database import Database


class Reach(NamedTuple):
    """What was read of each source, merged and in order."""

    spans: Mapping[str, tuple[Span, ...]]

    def knows(self, bucket: Span, of: Iterable[str]) -> bool:
        """Whether any part of the bucket was read of one of these sources."""
        return any(each.start < bucket.end and bucket.start < each.end for name in of for each in self._spans(name))

    def covers(self, bucket: Span, of: Iterable[str]) -> bool:
        """Whether nothing of the bucket is missing of these sources; what was before a source's first read is not."""
        return not any(
            missing(Span(max(bucket.start, spans[0].start), bucket.end), spans)
            for spans in map(self._spans, of)
            if spans and spans[0].start < bucket.end
        )

    def gaps(self, name: str) -> tuple[Span, ...]:
        """The stretches between what was read of a source."""
        spans = self._spans(name)
        return missing(Span(spans[0].start, spans[-1].end), spans) if spans else ()

    def _spans(self, name: str) -> tuple[Span, ...]:
        return self.spans.get(name, ())


def reach_of(state: Database, provider: str, account: str) -> Reach:
    """Of every source that was ever read, whatever its granularity was."""
    found: dict[str, list[Span]] = {}
    for source, granularity in sources(state, provider, account):
        found.setdefault(source, []).extend(coverage(state, Place(provider, account, source), granularity))
    return Reach({source: _merged(spans) for source, spans in found.items()})


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    found: list[Span] = []
    for each in sorted(spans):
        if found and each.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)

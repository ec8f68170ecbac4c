"""Sparklines: a course over time in one line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.report.lines import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model.usage_report import Bucket, Mark, Window

_BLOCKS: Final = "▁▂▃▄▅▆▇█"
_PLAIN: Final = "_.-=+*%#"  # where the terminal cannot write blocks
_UNKNOWN: Final = " "
_LEGEND: Final = {"!": "! anomaly", "~": "~ a leaked key was exposed", "?": "? not read", ".": ". not final"}


class Sparks(NamedTuple):
    """At most `columns` signs, in what `encoding` can write; a longer course shows the most of several buckets."""

    columns: int
    encoding: str | None = "utf-8"

    def narrow(self, used: int) -> Sparks:
        return self._replace(columns=max(10, self.columns + 12 - used))

    def spans(self, buckets: Sequence[Bucket], width: int, marks: Sequence[Mark] = ()) -> Iterator[Span]:
        """What was used; red where an anomaly is marked, dim where it can still grow."""
        top = _top(buckets)
        for group in self._groups(buckets):
            told = [float(each.amount) for each in group if each.amount is not None]
            style = "bold red" if _met(group, width, marks) else "" if all(each.final for each in group) else "dim"
            yield Span(self._sign(max(told), top) if told else _UNKNOWN, style)

    def expected(self, buckets: Sequence[Bucket]) -> Iterator[Span]:
        """What was normal, on the same scale."""
        top = _top(buckets)
        for group in self._groups(buckets):
            told = [each.normal.expected for each in group if each.normal]
            yield Span(self._sign(max(told), top) if told else _UNKNOWN, "dim")

    def under(self, buckets: Sequence[Bucket], width: int, marks: Sequence[Mark]) -> str:
        """The gravest thing to say of each sign; "" where there is nothing to say."""

        def sign(group: Sequence[Bucket]) -> str:
            if _met(group, width, marks):
                return "!"
            if any(each.amount is None for each in group):
                return "?"
            return " " if all(each.final for each in group) else "."

        return "".join(map(sign, self._groups(buckets))).rstrip()

    def exposed(self, buckets: Sequence[Bucket], width: int, windows: Sequence[Window]) -> str:
        """The same for exposures."""
        return "".join("~" if _met(group, width, windows) else " " for group in self._groups(buckets)).rstrip()

    def _groups(self, buckets: Sequence[Bucket]) -> list[Sequence[Bucket]]:
        size = max(1, -(-len(buckets) // self.columns))
        return [buckets[place : place + size] for place in range(0, len(buckets), size)]

    def _sign(self, value: float, top: float) -> str:
        signs = _BLOCKS
        try:
            _BLOCKS.encode(self.encoding or "utf-8")
        except (UnicodeEncodeError, LookupError):
            signs = _PLAIN
        if value <= 0 or top <= 0:
            return signs[0]
        return signs[min(len(signs) - 1, 1 + int(value / top * (len(signs) - 1)))]


def legend(under: str) -> str:
    return ", ".join(words for sign, words in _LEGEND.items() if sign in under)


def _top(buckets: Sequence[Bucket]) -> float:
    told = [float(each.amount) for each in buckets if each.amount is not None]
    return max([*told, *(each.normal.expected for each in buckets if each.normal)], default=0.0)


def _met(group: Sequence[Bucket], width: int, marks: Sequence[Mark] | Sequence[Window]) -> bool:
    """Whether one of `marks` meets the time of these buckets."""
    start, end = group[0].start, group[-1].start + width
    return any(each.start < end and (each.end is None or start < each.end) for each in marks)

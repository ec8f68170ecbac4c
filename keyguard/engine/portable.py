"""The same triggers with `re`: the fallback where there is no Hyperscan, and its oracle.

One pass over the text for each literal that a trigger cannot do without, then the trigger itself on the lines found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keyguard.engine.literals import required_literals
from keyguard.model import Hits, Rule


class PortableEngine:
    """Runs the triggers one after the other, each only on the lines that hold one of its literals."""

    name = "portable"

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._triggers = [re.compile(rule.trigger.encode()) for rule in rules]
        self._exact: dict[bytes, list[int]] = {}
        self._folded: dict[bytes, list[int]] = {}
        for number, rule in enumerate(rules):
            literals = required_literals(rule.trigger)
            for literal in literals.texts:
                (self._folded if literals.caseless else self._exact).setdefault(literal, []).append(number)

    def scan(self, text: bytes) -> Hits:
        found: set[tuple[int, int]] = set()
        for literal, numbers in self._exact.items():
            found.update(self._ends(text, _lines(text, text, literal), numbers))
        lowered = text.lower() if self._folded else b""
        for literal, numbers in self._folded.items():
            found.update(self._ends(text, _lines(text, lowered, literal), numbers))
        ordered = sorted(found, key=lambda hit: (hit[1], hit[0]))
        return Hits([number for number, _ in ordered], [end for _, end in ordered])

    def _ends(self, text: bytes, lines: Iterator[tuple[int, int]], numbers: list[int]) -> Iterator[tuple[int, int]]:
        for start, stop in lines:
            for number in numbers:
                trigger = self._triggers[number]
                match = trigger.search(text, start, stop)
                while match:
                    yield number, match.end()
                    # Matches may overlap: the next one begins after this one's start, not after its end.
                    match = trigger.search(text, match.start() + 1, stop)


def _lines(text: bytes, searched: bytes, literal: bytes) -> Iterator[tuple[int, int]]:
    """The lines of `text` that hold `literal`, each once."""
    at = searched.find(literal)
    while at >= 0:
        start = text.rfind(b"\n", 0, at) + 1
        stop = text.find(b"\n", at)
        stop = len(text) if stop < 0 else stop
        yield start, stop
        at = searched.find(literal, stop)

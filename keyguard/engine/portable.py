"""The same triggers with `re`: the fallback where there is no Hyperscan, and its oracle.

One look at each four bytes of the text says which literals are in it; triggers run only around those. The few that
need none, of a person's own rules, run over all of it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from keyguard.engine.literals import rarity, required_literals
from keyguard.model import Hits, Rule

_GRAM = 4
_BLOCK = 1 << 14


class PortableEngine:
    """Looks for literals that the triggers need in the lower-cased text, then runs each trigger around its own."""

    name = "portable"

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._triggers = [(re.compile(rule.trigger.encode()), rule.width) for rule in rules]
        self._rules: dict[bytes, list[int]] = {}
        self._everywhere: list[int] = []
        for number, rule in enumerate(rules):
            literals = _literals(rule.trigger)
            if not literals:
                self._everywhere.append(number)
            for literal in literals:
                self._rules.setdefault(literal, []).append(number)
        self._short = [literal for literal in self._rules if len(literal) < _GRAM]
        grams = [literal for literal in self._rules if len(literal) == _GRAM]
        self._grams = {int.from_bytes(literal, sys.byteorder): literal for literal in grams}
        self._wanted = frozenset(self._grams)

    def scan(self, text: bytes) -> Hits:
        found: set[tuple[int, int]] = set()
        for number, places in self._places(text.lower()).items():
            trigger, width = self._triggers[number]
            for low, high in _around(text, sorted(places), width):
                found.update((match.end(), number) for match in trigger.finditer(text, low, high))
        for number in self._everywhere:
            found.update((match.end(), number) for match in self._triggers[number][0].finditer(text))
        ordered = sorted(found)
        return Hits([number for _, number in ordered], [end for end, _ in ordered])

    def _places(self, lowered: bytes) -> dict[int, list[int]]:
        """Where the literals of each rule stand."""
        places: dict[int, list[int]] = {}
        for start in range(0, len(lowered), _BLOCK):
            block = lowered[start : start + _BLOCK + _GRAM - 1]
            for literal in self._present(block):
                at = block.find(literal)
                while at >= 0:
                    for number in self._rules[literal]:
                        places.setdefault(number, []).append(start + at)
                    at = block.find(literal, at + 1)
        return places

    def _present(self, block: bytes) -> list[bytes]:
        """The literals that are in the block, and all that are too short to know."""
        view = memoryview(block)
        found: set[int] = set()
        for shift in range(_GRAM):
            found |= self._wanted.intersection(view[shift : shift + (len(block) - shift) // _GRAM * _GRAM].cast("I"))
        return self._short + [self._grams[gram] for gram in found]


def _literals(trigger: str) -> set[bytes]:
    """Texts that can be looked up, of which every match holds one; none where it needs none."""
    try:
        return {_rarest(text) for text in required_literals(trigger, _GRAM)}
    except ValueError:
        return set()


def _rarest(text: bytes) -> bytes:
    """The rarest-looking part of a literal that can be looked up."""
    return max((text[at : at + _GRAM] for at in range(max(1, len(text) - _GRAM + 1))), key=rarity)


def _around(text: bytes, places: list[int], width: int) -> Iterator[tuple[int, int]]:
    """The parts of lines that hold every match, of at most `width` bytes, with a literal at one of the places."""
    low, high = 0, -1
    for place in places:
        floor = max(0, place - width)
        start = max(floor, text.rfind(b"\n", floor, place) + 1)
        end = text.find(b"\n", place, place + width)
        if start > high >= 0:
            yield low, high
        low = low if start <= high else start
        high = end if end >= 0 else place + width
    if high >= 0:
        yield low, high

"""What a value looks like as a whole: patterns, of which most need not run on most values."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keyguard.triage.judge.tables import CAPITALS, FIGURES, NOT_ASCII, ONLY_PLAIN

_Row = tuple[int, re.Pattern[bytes]]
_SMALL = CAPITALS.lower()
# Characters that no pattern tells apart when it is asked whether it can match at all.
_KINDS = bytes.maketrans(
    CAPITALS + _SMALL + FIGURES + NOT_ASCII, b"A" * 26 + b"a" * 26 + b"0" * 10 + b"\x80" * len(NOT_ASCII)
)


class Shapes:
    """Patterns, each with the bytes of which it needs one; ONLY_PLAIN: it matches letters and figures alone."""

    def __init__(self, rows: Sequence[tuple[str, bytes, bytes | None]]) -> None:
        self._rows = rows
        self._by_kinds: dict[frozenset[int], list[_Row]] = {}
        self._compiled: dict[bytes, re.Pattern[bytes]] = {}

    def of(self, value: bytes) -> list[bool]:
        """Which patterns are found in the value."""
        out = [False] * len(self._rows)
        kinds = frozenset(value.translate(_KINDS))
        likely = self._by_kinds.get(kinds)
        if likely is None:
            likely = self._by_kinds[kinds] = self._likely(kinds)
        for row, pattern in likely:
            out[row] = pattern.search(value) is not None
        return out

    def _likely(self, kinds: frozenset[int]) -> list[_Row]:
        """What may be found in a value of characters of these kinds."""
        is_plain = kinds <= frozenset(b"Aa0")
        return [
            (row, self._compile(pattern))
            for row, (_, pattern, needed) in enumerate(self._rows)
            if (is_plain if needed is ONLY_PLAIN else not needed or kinds.intersection(needed.translate(_KINDS)))
        ]

    def _compile(self, pattern: bytes) -> re.Pattern[bytes]:
        """A single candidate needs few of them."""
        if pattern not in self._compiled:
            self._compiled[pattern] = re.compile(pattern, re.DOTALL)
        return self._compiled[pattern]

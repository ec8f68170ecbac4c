"""Finds all matches of a pattern in a text, and tries it only where one can begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

from keyguard.model.rule import SECRET, SHORT_LINE, base_name

_SECONDS = 2.0
_LONG = 1 << 20  # bytes for which the time holds


class Search:
    """A pattern of `regex`, and texts its matches begin with (see `Rule`), if they are known. `quick`: as in `Rule`.

    `secrets` and `parts` are its groups for the value and for what belongs to it; `seconds` is what a text may take
    and, where it is tried only at such texts, each MiB on the way to the next of them.
    """

    def __init__(
        self,
        compiled: Any,
        beginnings: Sequence[tuple[str, int]] = (),
        seconds: float = _SECONDS,
        *,
        quick: bool = False,
    ) -> None:
        self._compiled, self._seconds = compiled, seconds
        self._short = SHORT_LINE if quick else -1
        self._beginnings = beginnings
        names: list[str] = list(compiled.groupindex)
        self.secrets: list[str | int] = [name for name in names if base_name(name) == SECRET] or [0]
        self.parts = [name for name in names if base_name(name) != SECRET]

    def find(self, text: bytes) -> Iterator[Any]:
        """All matches, overlapping ones too, in their order. Raises TimeoutError."""
        # To look at the clock takes as long as most lines do.
        is_timed = len(text) > self._short
        if not self._beginnings:
            seconds = self._seconds if is_timed else None
            yield from self._compiled.finditer(text, overlapped=True, timeout=seconds, concurrent=False)
            return
        starts = self._starts(text.lower().decode("latin-1"))
        if is_timed:
            yield from self._timed(text, starts)
            return
        for start in starts:
            if match := self._compiled.match(text, start):
                yield match

    def _timed(self, text: bytes, starts: Sequence[int]) -> Iterator[Any]:
        """The matches that begin at one of the starts. Raises TimeoutError."""
        began = monotonic()
        for start in starts:
            # A long line of many names takes long, and all of it counts; one place that does is given up.
            left = began + self._seconds * (1 + start / _LONG) - monotonic()
            if left <= 0:
                raise TimeoutError
            if match := self._compiled.match(text, start, timeout=left, concurrent=False):
                yield match

    def _starts(self, small: str) -> list[int]:
        """Where a match may start, given the text in small letters, a character for each byte."""
        starts: set[int] = set()
        for each, offset in self._beginnings:
            if each in small:  # of bytes, this takes six times as long
                at = small.find(each, offset)
                while at >= 0:
                    starts.add(at - offset)
                    at = small.find(each, at + 1)
        return sorted(starts)

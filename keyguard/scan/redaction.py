"""Replaces the secrets of a text that comes in parts, in bounded memory: what a scan of all of it would report.

A window of the text is held. What is far enough from its end is settled, written, and forgotten but for what says
something about the text behind it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from keyguard.scan.redaction_names import LONGEST, PLACEHOLDER
from keyguard.scan.redaction_personal import personal_data
from keyguard.scan.redaction_window import Stretch, Window

if TYPE_CHECKING:
    from keyguard.scan.redaction_names import Register
    from keyguard.scan.redaction_window import Finder
    from keyguard.triage.match import Match

STEP: Final = 1 << 20
_MOST: Final = 8 << 20
_LITERAL: Final = "placeholder"


class Redactor:
    """Takes a text in parts and gives it back with placeholders. `replaced` counts them by name.

    `personal`: personal data too. `step`: how many bytes are settled at a time.
    """

    def __init__(self, finder: Finder, register: Register, *, personal: bool = False, step: int = STEP) -> None:
        self._finder, self._register, self._personal, self._step = finder, register, personal, step
        self._reach = finder.reach
        self._text = bytearray()
        self._offset = 0  # of the window in the whole text
        self._done = 0  # bytes of the window that were written
        self._wanted = step + self._reach
        self.replaced: Counter[str] = Counter()

    def feed(self, data: bytes) -> bytes:
        """What can be written now. Raises ObjectError where the text cannot be looked at."""
        self._text += data
        if len(self._text) - self._done < self._wanted:
            return b""
        written = self._settle(Window(bytes(self._text), self._offset, not self._offset, last=False))
        stuck = len(self._text) - self._done - self._reach
        self._wanted = self._reach + self._step + (stuck if not written else 0)
        return written

    def flush(self) -> bytes:
        """All whole lines that are held, as if the text ended there: what goes on behind them is not waited for."""
        end = self._text.rfind(b"\n") + 1
        if end <= self._done:
            return b""
        return self._settle(Window(bytes(self._text[:end]), self._offset, not self._offset, last=True))

    def close(self) -> bytes:
        """The rest of the text."""
        return self._settle(Window(bytes(self._text), self._offset, not self._offset, last=True))

    def _settle(self, window: Window) -> bytes:
        size = len(window.text)
        limit = size if window.last else size - self._reach
        matches = self._finder.matches(window)
        others, looked_at = self._others(window.text)
        cut = limit
        if not window.last:
            whole = _spans([*map(_extent, matches), *looked_at])
            cut = next((low for low, high in whole if low < limit < high), limit)
        forced = cut <= self._done < limit and size - self._done > _MOST
        if forced:  # text in which match overlaps match without end: what is known of it must do
            cut = limit
        secrets = [each for each in self._finder.standing(window, matches, cut) if each.end > self._done]
        if forced:
            cut = max([cut, *(each.end for each in secrets)])
        chosen = _chosen(secrets, [each for each in others if each.start < cut])
        if cut <= self._done:
            return b""
        written = self._written(window.text, chosen, cut)
        self._forget(cut)
        return written

    def _others(self, text: bytes) -> tuple[list[Stretch], list[tuple[int, int]]]:
        """What looks like a placeholder, and personal data; and stretches that must not be cut."""
        found = [
            Stretch(match.start(), match.end(), _LITERAL, match[0])
            for match in PLACEHOLDER.finditer(text, self._done)
            if match.end() - match.start() <= LONGEST
        ]
        looked_at = [(each.start, each.end) for each in found]
        if self._personal:
            data = personal_data(text, self._done)
            found += [Stretch(start, end, kind, text[start:end]) for start, end, kind in data.found]
            looked_at += data.looked_at
        return found, looked_at

    def _written(self, text: bytes, chosen: list[Stretch], cut: int) -> bytes:
        parts: list[bytes] = []
        place = self._done
        for each in chosen:
            start = max(each.start, place)  # a secret whose first lines are out already: the rest of it
            stored = text[start : each.end]
            parts.append(text[place:start])
            if each.name == _LITERAL:
                parts.append(self._register.literal(stored))
            else:
                steps = each.steps if start == each.start else ("REST",)
                parts.append(self._register.placeholder(each.name, each.value, stored, steps))
                self.replaced[each.name] += 1
            place = each.end
        parts.append(text[place:cut])
        return b"".join(parts)

    def _forget(self, cut: int) -> None:
        self._done = cut
        spare = max(0, cut - self._reach)
        del self._text[:spare]
        self._offset += spare
        self._done -= spare


def _extent(match: Match) -> tuple[int, int]:
    """From the first byte to the last of a match and its parts."""
    ends = [(match.start + part.offset, match.start + part.offset + len(part.value)) for part in match.parts]
    return min([match.start, *(low for low, _ in ends)]), max([match.end, *(high for _, high in ends)])


def _chosen(secrets: list[Stretch], others: list[Stretch]) -> list[Stretch]:
    """Secrets, then placeholders, then personal data: what overlaps something before it is left out. In order."""
    chosen: list[Stretch] = []
    for each in sorted(secrets):  # two in one compressed text have one place
        if not chosen or each.start >= chosen[-1].end:
            chosen.append(each)
    for rank in (True, False):
        taken = sorted((each.start, each.end) for each in chosen)
        chosen += [each for each in others if (each.name == _LITERAL) is rank and not _is_in(taken, each)]
    return sorted(chosen)


def _is_in(taken: list[tuple[int, int]], each: Stretch) -> bool:
    place = bisect_left(taken, (each.end, 0))
    return place > 0 and taken[place - 1][1] > each.start


def _spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same stretches with those that overlap made one, in order."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out

"""What a text is about: which words of some rows stand in it, and how often."""

from __future__ import annotations

import re
from itertools import pairwise

from keyguard.triage.judge.characters import LETTERS_APART

WORD, _NOT_WORD = re.compile(rb"[A-Za-z][a-z]+|[A-Z]{2,}"), re.compile(rb"[^a-z]")
_REMEMBERED = 1 << 15
_Rows = tuple[tuple[str, bytes], ...]


def texts_of(rows: _Rows) -> list[tuple[bytes, ...]]:
    return [tuple(text.replace(b"\\x20", b" ") for text in texts.split(b" ")) for _, texts in rows]


def _listed(rows: _Rows) -> list[tuple[int, bytes]]:
    """Every text with the number of its row."""
    return [(row, each) for row, texts in enumerate(texts_of(rows)) for each in texts]


class Marks:
    """Tells for each of some rows of texts whether one of them stands in a text.

    Texts in which `without` is found are left out.
    """

    def __init__(self, rows: _Rows, without: re.Pattern[bytes] | None = None) -> None:
        self._size = len(rows)
        self._short: list[tuple[int, bytes]] = []
        self._by_start: dict[tuple[int, int], list[tuple[int, bytes]]] = {}
        for row, each in _listed(rows):
            if without and without.search(each):
                continue
            place = self._by_start.setdefault((each[0], each[1]), []) if len(each) > 1 else self._short
            place.append((row, each))
        self._starts = frozenset(self._by_start)

    def of(self, text: bytes) -> list[bool]:
        """`text` in small letters. Only texts that begin like two bytes of it are looked for."""
        out = [False] * self._size
        for row, each in self._short:
            out[row] = out[row] or each in text
        for start in self._starts.intersection(pairwise(text)):
            for row, each in self._by_start[start]:
                out[row] = out[row] or each in text
        return out


class Topics:
    """Counts, for rows of texts, how often one of each row stands in a text: texts of letters inside its words, others
    anywhere."""

    def __init__(self, rows: _Rows) -> None:
        self._size = len(rows)
        self._signs = [(row, each) for row, each in _listed(rows) if _NOT_WORD.search(each)]
        self._words = _Runs(Marks(rows, without=_NOT_WORD))

    def counts(self, text: bytes) -> list[int]:
        """One number a row; words begin and end where letters do, and where capitals begin them (see WORD)."""
        out = [0] * self._size
        words = self._words
        if len(words) > _REMEMBERED:
            words.clear()
        for letters in text.translate(LETTERS_APART).split():
            for row in words[letters]:
                out[row] += 1
        small = text.lower()
        for row, sign in self._signs:
            out[row] += small.count(sign)
        return out


class _Runs(dict[bytes, tuple[int, ...]]):
    """By runs of letters the rows of their words, which are looked for once: most texts are made of the same ones."""

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self._marks = marks

    def __missing__(self, letters: bytes) -> tuple[int, ...]:
        words = [word.lower() for word in WORD.findall(letters)]
        rows = self[letters] = tuple([row for word in words for row, here in enumerate(self._marks.of(word)) if here])
        return rows

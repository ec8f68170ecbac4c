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

    Texts in which `without` is found are left out. (All are `str`, a character for each byte: to look for bytes in
    bytes takes six times as long.)
    """

    def __init__(self, rows: _Rows, without: re.Pattern[bytes] | None = None) -> None:
        self._size = len(rows)
        self._short: list[tuple[int, str]] = []
        self._by_start: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for row, text in _listed(rows):
            if without and without.search(text):
                continue
            each = text.decode("latin-1")
            place = self._by_start.setdefault((each[0], each[1]), []) if len(each) > 1 else self._short
            place.append((row, each))
        self._starts = frozenset(self._by_start)

    def of(self, text: bytes) -> list[bool]:
        """`text` in small letters."""
        out = [False] * self._size
        for row in self.rows(text):
            out[row] = True
        return out

    def rows(self, text: bytes) -> set[int]:
        """The numbers of those rows. Only texts that begin like two bytes of `text` are looked for."""
        small = text.decode("latin-1")
        found = {row for row, each in self._short if each in small}
        for start in self._starts.intersection(pairwise(small)):
            for row, each in self._by_start[start]:
                if each in small:
                    found.add(row)
        return found


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
        rows = self[letters] = tuple([row for word in WORD.findall(letters) for row in self._marks.rows(word.lower())])
        return rows

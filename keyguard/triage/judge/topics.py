"""What a text is about: how often the words of some rows stand in it."""

from __future__ import annotations

import re

WORD, _NOT_WORD = re.compile(rb"[A-Za-z][a-z]+|[A-Z]{2,}"), re.compile(rb"[^a-z]")
_REMEMBERED = 1 << 15


def texts_of(rows: tuple[tuple[str, bytes], ...]) -> list[tuple[bytes, ...]]:
    return [tuple(text.replace(b"\\x20", b" ") for text in texts.split(b" ")) for _, texts in rows]


class Topics:
    """Counts, for rows of texts, how often one of each row stands in a text: texts of letters inside its words, which
    are remembered, others anywhere."""

    def __init__(self, rows: tuple[tuple[str, bytes], ...]) -> None:
        texts = texts_of(rows)
        self._rows = len(rows)
        words = [(row, each) for row, some in enumerate(texts) for each in some if not _NOT_WORD.search(each)]
        self._signs = [(row, each) for row, some in enumerate(texts) for each in some if _NOT_WORD.search(each)]
        self._any = re.compile(b"|".join(sorted({re.escape(each) for _, each in words})))
        self._each = [
            (row, re.compile(b"|".join(re.escape(each) for at, each in words if at == row)))
            for row in sorted({row for row, _ in words})
        ]
        self._known: dict[bytes, tuple[int, ...]] = {}

    def counts(self, text: bytes, words: list[bytes]) -> list[int]:
        """`text` in small letters; `words` are its words as written."""
        out = [0] * self._rows
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        for word in words:
            rows = known.get(word)
            if rows is None:
                small = word.lower()
                some = self._any.search(small)
                known[word] = rows = tuple([row for row, any_of in self._each if any_of.search(small)]) if some else ()
            for row in rows:
                out[row] += 1
        for row, sign in self._signs:
            if sign in text:
                out[row] += text.count(sign)
        return out

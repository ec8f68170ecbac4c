"""How usual the words are that a value is made of: a password is seldom made of what code is full of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyguard.triage.judge.words import Words

NAMES = ("known-whole", "most-usual-word", "unknown-words", "longest-unknown", "unknown-share")
_WORD = re.compile(rb"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_NOT_LETTERS = re.compile(rb"[^a-z]+")


def wording(words: Words, value: bytes) -> list[int]:
    """One number for each of NAMES."""
    parts = words_in(value)
    ranks = [words.rank(part) for part in parts]
    unknown = [len(part) for part, known in zip(parts, ranks) if not known]
    return [
        words.rank(_NOT_LETTERS.sub(b"", value.lower())),
        max(ranks, default=-1),
        len(unknown),
        max(unknown, default=0),
        100 * sum(unknown) // len(value),
    ]


def words_in(value: bytes) -> list[bytes]:
    """In small letters; words of camel case by themselves."""
    return [word.lower() for word in _WORD.findall(value)]

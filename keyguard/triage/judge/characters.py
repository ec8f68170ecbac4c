"""Kinds of characters, as tables for `bytes.translate`: one pass in C where a loop would look at each."""

from __future__ import annotations

from keyguard.triage.judge.tables import CAPITALS, FIGURES

LEAST_TOKEN = 16
_SMALL = CAPITALS.lower()
_ALL = bytes(range(256))
NOT_HEX = _ALL.translate(None, FIGURES + b"abcdefABCDEF")
SIGNS = frozenset(_ALL[:0x80].translate(None, FIGURES + _SMALL + CAPITALS))


def _classes() -> bytes:
    """Figures become 0, small letters 1, capitals 2, signs 3, what is not ASCII 4."""
    table = bytearray(b"\x04" * 256)
    for kind, some in enumerate((FIGURES, _SMALL, CAPITALS, SIGNS)):
        for byte in some:
            table[byte] = kind
    return bytes(table)


def _apart(kept: bytes) -> bytes:
    """All other bytes become spaces."""
    return bytes(byte if byte in kept else 0x20 for byte in range(256))


CLASSES = _classes()
LETTERS_APART, FIGURES_APART = _apart(_SMALL + CAPITALS), _apart(FIGURES)
_TOKENS_APART = _apart(_SMALL + FIGURES + b"+/=_-")


def longest(apart: bytes) -> int:
    """The size of the longest of the parts between spaces."""
    return max(map(len, apart.split()), default=0)


def long_tokens(small: bytes) -> int:
    """How many runs of what keys are written in are long; `small`: a text in small letters."""
    return len([token for token in small.translate(_TOKENS_APART).split() if len(token) >= LEAST_TOKEN])

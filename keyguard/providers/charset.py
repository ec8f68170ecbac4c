"""Sets of bytes as 256-bit integers: bit n is set where byte n is a member."""

from __future__ import annotations

from functools import lru_cache


def span(first: int, last: int) -> int:
    """The set of all bytes from `first` to `last`, both included."""
    return ((1 << (last - first + 1)) - 1) << first


ALL = span(0, 255)
NEWLINE = 1 << 10
UPPER = span(65, 90)
LOWER = span(97, 122)
DIGIT = span(48, 57)
SPACE = span(9, 13) | 1 << 32
WORD = UPPER | LOWER | DIGIT | 1 << 95
PRINTABLE = span(32, 126)


def fold(charset: int) -> int:
    """The set with the other case of every ASCII letter in it: how bytes patterns ignore case."""
    return charset | (charset & UPPER) << 32 | (charset & LOWER) >> 32


def lowered(charset: int) -> int:
    """The set with every upper-case letter replaced by the lower-case one."""
    return charset & ~UPPER | (charset & UPPER) << 32


def size(charset: int) -> int:
    return charset.bit_count()


@lru_cache(maxsize=256)
def values(charset: int) -> tuple[int, ...]:
    """Its members in rising order."""
    return tuple(value for value in range(256) if charset >> value & 1)


def ranges(charset: int) -> list[tuple[int, int]]:
    """Its members as runs (first, last)."""
    runs: list[tuple[int, int]] = []
    for value in values(charset):
        if runs and runs[-1][1] == value - 1:
            runs[-1] = (runs[-1][0], value)
        else:
            runs.append((value, value))
    return runs

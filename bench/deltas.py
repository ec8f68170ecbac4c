"""Endurance: random deltas, whole and broken, through the C step and its Python twin. `deltas.py [COUNT [SEED]]`.

Ends with 1 where the twins differ. Run under a sanitizer by `.ci/sanitize`.
"""

from __future__ import annotations

import random
import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from keyguard.odb import _delta, delta
from tests.odb import crafting

HASH = 20


def main(words: list[str]) -> int:
    count, seed = (*map(int, words), *(60_000, 1)[len(words) :])
    rng = random.Random(seed)
    for number in range(count):
        is_tree = rng.random() < 0.5
        base = content(rng, rng.randint(0, 200), is_tree=is_tree)
        change = damaged(rng, made(rng, base, is_tree=is_tree))
        margin, hash_size = rng.choice((0, 1, 3, 1000)), HASH if is_tree else 0
        step = (base, change, margin, rng.choice((50, 1000)), hash_size, rng.choice((0, 7, delta.WHOLE_RESULT)))
        spans = array("i", [edge for _ in range(5) for edge in span(rng, base)]).tobytes()
        marks = array(
            "i", [value for at in sorted({rng.randint(0, 200) for _ in range(3)}) for value in (at, 1)]
        ).tobytes()
        born = array("i", [len(marks) // 8] * 2).tobytes()
        rows = array("i", [-1, 0, 0, 0, 0, len(change)]).tobytes()
        family = ([change], rows, array("i", [-1, 0]).tobytes(), marks, born, HASH + 1)
        calls: tuple[tuple[Callable[..., Any], Callable[..., Any], tuple[Any, ...]], ...] = (
            (delta.python_step, _delta.step, step),
            (delta.python_carry, _delta.carry, (change, spans)),
            (delta.python_carry_family, _delta.carry_family, family),
        )
        for python, c, given in calls:
            if outcome(python, given) != outcome(c, given):
                print(f"delta {number}: {c.__name__}{given}: {outcome(python, given)} and {outcome(c, given)}")
                return 1
    print(f"{count} deltas: the twins agree")
    return 0


def outcome(call: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    try:
        return call(*given)
    except (ValueError, OverflowError):
        return "refused"


def content(rng: random.Random, size: int, *, is_tree: bool) -> bytes:
    if not is_tree:
        return bytes(rng.choice(b"ab\n" if rng.random() < 0.9 else b"abcdefgh") for _ in range(size))
    out = b""
    while len(out) < size:
        name = bytes(rng.choice(b"abc") for _ in range(rng.randint(1, 9)))
        out += b"100644 " + name + b"\0" + bytes(rng.choice(b"\0\nab ") for _ in range(HASH))
    return out


def made(rng: random.Random, base: bytes, *, is_tree: bool) -> bytes:
    parts = []
    size = 0
    for _ in range(rng.randint(0, 6)):
        if rng.random() < 0.6 and base:
            start = rng.randint(0, len(base) - 1)
            length = rng.randint(1, len(base) - start)
            parts.append(crafting.copy(start, length))
            size += length
        else:
            literal = content(rng, rng.randint(1, 30), is_tree=is_tree)
            parts.append(crafting.insert(literal))
            size += len(literal)
    return crafting.delta(len(base), size, *parts)


def damaged(rng: random.Random, change: bytes) -> bytes:
    if rng.random() < 0.7:
        return change
    out = bytearray(change)
    for _ in range(rng.randint(1, 3)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out[: rng.randint(0, len(out))])


def span(rng: random.Random, base: bytes) -> tuple[int, int]:
    low = rng.randint(-1, len(base))
    return low, rng.randint(low, len(base) + 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

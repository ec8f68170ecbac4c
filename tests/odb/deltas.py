"""Deltas as git's format allows them, of which is known what they stand for; and the C step beside its Python twin."""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from keyguard.odb import delta as odb_delta
from tests.odb.crafting import copy, delta, insert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

try:
    from keyguard.odb import _delta
except ImportError:
    HAS_C = False  # no compiler here: the twin stands alone
else:
    HAS_C = True

PYTHON = (odb_delta.python_step, odb_delta.python_carry, odb_delta.python_carry_family)
BOTH = [PYTHON, *([(_delta.step, _delta.carry, _delta.carry_family)] if HAS_C else [])]
IDS = ["python", "C"][: len(BOTH)]
LIMIT = 1 << 20
HUGE = 1 << 20
HASH = 20

needs_c = pytest.mark.skipif(not HAS_C, reason="there is no C step here")
often = settings(max_examples=150, deadline=None)
Rows = list[tuple[int, int, int]]


class Made(NamedTuple):
    """A delta and what it was made of: copy runs (place in the base, in the result, length) and inserted spans."""

    base: bytes
    delta: bytes
    result: bytes
    runs: list[tuple[int, int, int]]
    inserted: list[tuple[int, int]]


def handed_down(
    family: Callable[..., tuple[bytes, bytes]], deltas: list[bytes | None], born: list[bytes], parents: list[int]
) -> list[dict[int, int]]:
    """The marks of each object, by place. The deltas stand in two buffers."""
    data, rows = [b"", b"before"], array("i")
    for change in deltas:
        number = len(rows) % 2
        start = len(data[number])
        data[number] += change or b""
        rows.extend((-1 if change is None else number, start, len(data[number])))
    ends = array("i", accumulate(len(each) // 8 for each in born))
    raw = (rows.tobytes(), array("i", parents).tobytes(), b"".join(born), ends.tobytes())
    found = [array("i", each) for each in family(data, *raw, HASH + 1)]
    pairs = list(zip(found[0][::2], found[0][1::2]))
    return [dict(pairs[start:end]) for start, end in zip([0, *found[1]], found[1])]


LINES = st.text("ab\n", max_size=60).map(str.encode)
NAMES = st.binary(min_size=HASH, max_size=HASH)
ENTRIES = st.lists(
    st.builds(lambda name, oid: b"100644 " + name.encode() + b"\0" + oid, st.text("ab", min_size=1, max_size=4), NAMES),
    max_size=6,
).map(b"".join)


@st.composite
def made(draw: st.DrawFn, texts: st.SearchStrategy[bytes]) -> Made:
    base = draw(texts)
    parts: list[bytes] = []
    result = b""
    runs, inserted = [], []
    for _ in range(draw(st.integers(0, 6))):
        if base and draw(st.booleans()):
            start = draw(st.integers(0, len(base) - 1))
            length = draw(st.integers(1, len(base) - start))
            runs.append((start, len(result), length))
            parts.append(copy(start, length))
            result += base[start : start + length]
        elif literal := draw(texts):
            inserted.append((len(result), len(result) + len(literal)))
            parts.append(insert(literal))
            result += literal
    return Made(base, delta(len(base), len(result), *parts), result, runs, inserted)


def rows_of(raw: bytes) -> Rows:
    flat = array("i", raw)
    return [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), 3)]


def joined_runs(case: Made) -> Iterator[tuple[int, int, int]]:
    """Copy runs of which none goes on with the one before; an empty one at the start of both counts."""
    last = (0, 0, 0)
    for start, at, length in case.runs:
        if last[0] + last[2] == start and last[1] + last[2] == at:
            last = (last[0], last[1], last[2] + length)
            continue
        yield last
        last = (start, at, length)
    yield last


def changes(case: Made) -> Iterator[tuple[int, int]]:
    """What is new in the result: inserted spans, and places where a copy run begins or ends."""
    yield from case.inserted
    for start, at, length in joined_runs(case):
        if start or at:
            yield at, at
        if start + length != len(case.base) or at + length != len(case.result):
            yield at + length, at + length

"""What is new in a delta's result, and what is carried from its base: together every line and every tree entry."""

from __future__ import annotations

import itertools
import re
import time
from array import array
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.odb.delta import WHOLE_RESULT
from tests.odb.crafting import copy, delta
from tests.odb.deltas import (
    BOTH,
    ENTRIES,
    HASH,
    HUGE,
    IDS,
    LIMIT,
    LINES,
    Made,
    changes,
    handed_down,
    joined_runs,
    made,
    often,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_WHOLE = re.compile(rb"100644 [ab]+")
both = pytest.mark.parametrize("step", [each[0] for each in BOTH], ids=IDS)


@both
@often
@given(case=made(LINES), margin=st.sampled_from([0, 1, 3, 10, HUGE]))
def test_windows_hold_every_change(step: Callable[..., Any], case: Made, margin: int) -> None:
    """Each inserted byte and each end of a copy run, with its line up to the margin."""
    result = case.result
    rows = rows_of(step(case.base, case.delta, margin, LIMIT, 0, WHOLE_RESULT)[2])
    for start, stop in changes(case):
        left = max(result.rfind(b"\n", 0, start) + 1, start - margin)
        right = result.find(b"\n", stop)
        right = min(len(result) if right < 0 else right, stop + margin)
        covered = {byte for origin, length, _ in rows for byte in range(origin, origin + length)}
        newlines = {place for place in range(left, right) if result[place] == 0x0A}
        assert set(range(left, right)) <= covered | newlines


@both
@often
@given(case=made(LINES), margin=st.sampled_from([0, 1, 3, 10, HUGE]))
def test_windows_are_lines_or_clipped_at_the_margin(step: Callable[..., Any], case: Made, margin: int) -> None:
    result, text, raw, _ = step(case.base, case.delta, margin, LIMIT, 0, WHOLE_RESULT)
    rows = rows_of(raw)
    assert text == b"".join(result[origin : origin + length] + b"\n" for origin, length, _ in rows)
    assert [origin for origin, _, _ in rows] == sorted(origin for origin, _, _ in rows)
    for (origin, length, _), (after, _, _) in itertools.pairwise(rows):
        assert origin + length <= after
    for origin, length, flags in rows:
        assert length > 0
        assert flags & FRAGMENT
        end = origin + length
        assert bool(flags & CLIPPED_LEFT) == (origin > 0 and result[origin - 1] != 0x0A)
        assert bool(flags & CLIPPED_RIGHT) == (end < len(result) and result[end] != 0x0A)
        if margin == HUGE:
            assert flags == FRAGMENT


@pytest.mark.parametrize("number", range(len(BOTH)), ids=IDS)
@often
@given(case=made(LINES))
def test_a_line_is_in_a_window_or_carried(number: int, case: Made) -> None:
    """So every line has been seen: in the base, or here."""
    step, carry, _ = BOTH[number]
    base, result = case.base, case.result
    rows = rows_of(step(base, case.delta, HUGE, LIMIT, 0, WHOLE_RESULT)[2])
    spans = [(start - 1, end + 1) for start, end in lines_of(base)]
    flat = array("i", [edge for span in spans for edge in span]).tobytes()
    carried = {(spans[place][0] + shift + 1, spans[place][1] + shift - 1) for place, shift in carry(case.delta, flat)}
    for start, end in lines_of(result):
        if start < end:
            window = any(origin <= start and end <= origin + length for origin, length, _ in rows)
            assert window or (start, end) in carried
    for start, end in carried:
        assert start == 0 or result[start - 1] == 0x0A
        assert end == len(result) or result[end] == 0x0A


def lines_of(text: bytes) -> list[tuple[int, int]]:
    at = 0
    found = []
    for line in text.split(b"\n"):
        found.append((at, at + len(line)))
        at += len(line) + 1
    return found


@pytest.mark.parametrize("number", range(len(BOTH)), ids=IDS)
@often
@given(case=made(ENTRIES))
def test_a_tree_entry_is_in_a_window_or_carried(number: int, case: Made) -> None:
    step, _, family = BOTH[number]
    rows = rows_of(step(case.base, case.delta, 0, LIMIT, HASH, WHOLE_RESULT)[2])
    places = [nul for _, nul, _ in entries_of(case.base)]
    born = array("i", [value for place in places for value in (place, place)]).tobytes()
    _, carried = handed_down(family, [None, case.delta], [born, b""], [-1, 0])
    starts = {0, *(end for _, _, end in entries_of(case.result))}
    for start, nul, end in entries_of(case.result):
        window = any(origin <= start and end <= origin + length for origin, length, _ in rows)
        # The base may be cut anywhere, and what is left then is no entry.
        assert window or nul in carried or not _WHOLE.fullmatch(case.result, start, nul)
    for origin, length, flags in rows:
        assert flags == FRAGMENT
        assert origin in starts
        assert origin + length in starts | {len(case.result)}
    for nul, old in carried.items():
        assert case.result[nul : nul + HASH + 1] == case.base[old : old + HASH + 1]


def entries_of(tree: bytes) -> list[tuple[int, int, int]]:
    """Start, place of the NUL and end of each entry that is whole."""
    at = 0
    found = []
    while (nul := tree.find(b"\0", at)) >= 0 and nul + 1 + HASH <= len(tree):
        found.append((at, nul, nul + 1 + HASH))
        at = nul + 1 + HASH
    return found


@pytest.mark.parametrize("carry", [each[1] for each in BOTH], ids=IDS)
@often
@given(case=made(LINES), seeds=st.lists(st.tuples(st.integers(-1, 61), st.integers(-1, 61)), max_size=5))
def test_spans_move_with_the_run_that_holds_them(
    carry: Callable[..., Any], case: Made, seeds: list[tuple[int, int]]
) -> None:
    spans = [(min(pair), min(max(pair), len(case.base) + 1)) for pair in seeds]
    spans = [(low, high) for low, high in spans if low <= high]
    flat = array("i", [edge for span in spans for edge in span]).tobytes()
    expected = set()
    for number, (low, high) in enumerate(spans):
        for start, at, length in joined_runs(case):
            to_start = start == at == 0
            to_end = start + length == len(case.base) and at + length == len(case.result)
            if low >= start - to_start and high <= start + length + to_end:
                expected.add((number, at - start))
    found = {pair for pair in carry(case.delta, flat) if spans[pair[0]][1] > spans[pair[0]][0] >= 0}
    assert found == {pair for pair in expected if spans[pair[0]][1] > spans[pair[0]][0] >= 0}
    for number, shift in found:
        low, high = spans[number]
        assert case.base[low : min(high, len(case.base))] == case.result[low + shift : high + shift]


@pytest.mark.parametrize("number", range(len(BOTH)), ids=IDS)
@often
@given(case=made(LINES))
def test_what_is_carried_holds_no_change(number: int, case: Made) -> None:
    """The bytes of a carried span, and the joints inside it, are those of the base."""
    carry = BOTH[number][1]
    spans = [(low, high) for low in range(len(case.base)) for high in (low + 1, low + 4) if high <= len(case.base)]
    flat = array("i", [edge for span in spans for edge in span]).tobytes()
    dirty = {byte for start, stop in case.inserted for byte in range(start, stop)}
    joints = {at for _, at, _ in joined_runs(case)} | {at + length for _, at, length in joined_runs(case)}
    for place, shift in carry(case.delta, flat):
        low, high = (edge + shift for edge in spans[place])
        assert not dirty & set(range(low, high))
        assert not joints & set(range(low + 1, high))


@both
@pytest.mark.parametrize("hash_size", [0, HASH])
@pytest.mark.parametrize("byte", [b"x", b"\0"])
def test_a_million_instructions_on_one_line_take_no_hour(step: Callable[..., Any], byte: bytes, hash_size: int) -> None:
    """Some hundred bytes when packed. Each byte is a copy run of its own, and none is searched again and again."""
    count = 30_000
    made = delta(9, count, copy(0, 1) * count)
    began = time.process_time()
    _, text, _, size = step(byte * 9, made, 1 << 20, LIMIT, hash_size, 0)
    assert time.process_time() - began < 2
    assert size == count
    assert len(text) >= count

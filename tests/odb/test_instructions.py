"""Deltas that are read together say what each says alone, broken ones among them too."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given
from hypothesis import strategies as st

from keyguard.odb.instructions import Change, changes, read, runs
from tests.odb.crafting import copy, delta, insert
from tests.odb.deltas import LINES, made, often

DELTAS = st.lists(st.one_of(made(LINES).map(lambda case: case.delta), st.binary(max_size=9)), max_size=6)


def told(change: Change) -> tuple[object, ...]:
    """All that a change says, wherever its inserts stand."""
    parts = [
        (start, stop) if is_copy else change.data[start:stop]
        for is_copy, start, stop in zip(change.copies, change.starts, change.stops)
    ]
    dirty = [*zip(change.dirty_starts, change.dirty_stops, strict=True)]
    return change.header, parts, dirty, change.written, change.furthest


@often
@given(deltas=DELTAS)
def test_many_are_read_like_one(deltas: list[bytes]) -> None:
    spans = pairwise(accumulate(map(len, deltas), initial=0))
    together = changes(read(b"".join(deltas), spans))
    alone = [change for each in deltas for change in changes(read(each, [(0, len(each))]))]
    assert [*map(told, together)] == [*map(told, alone)]


def test_runs_that_go_on_are_one() -> None:
    parts = (copy(0, 3), copy(3, 2), insert(b"x"), copy(5, 1), copy(7, 2), copy(9, 1))
    change = delta(10, 10, *parts)
    found = runs(read(b"-" + change, [(0, 0), (1, 1 + len(change))]))
    assert [*zip(*(column.tolist() for column in found))] == [(0, 0, 0, 0), (1, 0, 5, 0), (1, 5, 6, 6), (1, 7, 10, 7)]

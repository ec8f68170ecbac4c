"""Deltas are applied as git does, and broken ones are refused, by the C step and by its Python twin."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.model.slab import FRAGMENT
from keyguard.odb import delta as odb_delta
from keyguard.odb.delta import TOO_LARGE, WHOLE_RESULT, sizes
from tests.odb.crafting import copy, delta, insert, varint
from tests.odb.deltas import (
    BOTH,
    ENTRIES,
    HASH,
    HUGE,
    IDS,
    LIMIT,
    LINES,
    PYTHON,
    Made,
    Rows,
    handed_down,
    made,
    needs_c,
    often,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

both = pytest.mark.parametrize("step", [each[0] for each in BOTH], ids=IDS)

# What is refused.

BROKEN = {
    "nothing": (b"", "its header is cut short"),
    "one size": (varint(3), "its header is cut short"),
    "a size that never ends": (b"\x80" * 40, "its header is cut short"),
    "another base": (delta(4, 3, copy(0, 3)), "its base has another size"),
    "a huge base": (delta(1 << 60, 3, copy(0, 3)), "its base has another size"),
    "no instruction": (delta(3, 3), "it writes less than its declared size"),
    "too little": (delta(3, 9, copy(0, 3)), "it writes less than its declared size"),
    "too much": (delta(3, 4, insert(b"abcde")), "it writes more than its declared size"),
    "too much in the end": (delta(3, 3, copy(0, 3), insert(b"a")), "it writes more than its declared size"),
    "copies past the end": (delta(3, 3, copy(1, 3)), "it copies from outside its base"),
    "copies from far away": (delta(3, 3, copy(0xFFFFFFFF, 3)), "it copies from outside its base"),
    "copies 64 KiB of 3 bytes": (delta(3, 0x10000, copy(0, 0x10000)), "it copies from outside its base"),
    "instruction 0": (delta(3, 3, b"\0"), "an instruction is cut short"),
    "a copy without its offset": (delta(3, 3, b"\x91"), "an instruction is cut short"),
    "a copy without its length": (delta(3, 3, b"\x91\x01"), "an instruction is cut short"),
    "half an insert": (delta(3, 3, b"\x03ab"), "an instruction is cut short"),
    "an insert of nothing but its head": (delta(3, 3, b"\x7f"), "an instruction is cut short"),
    "over the limit": (delta(3, LIMIT + 1, copy(0, 3)), TOO_LARGE),
    "2^31": (delta(3, 1 << 31, copy(0, 3)), TOO_LARGE),
    "2^60": (delta(3, 1 << 60, copy(0, 3)), TOO_LARGE),
}


@both
@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("hash_size", [0, HASH])
def test_broken_deltas_are_refused(step: Callable[..., Any], name: str, hash_size: int) -> None:
    broken, reason = BROKEN[name]
    with pytest.raises(ValueError, match=f"^{reason}$"):
        step(b"abc", broken, 10, LIMIT, hash_size, WHOLE_RESULT)


@both
def test_the_limit_is_that_of_the_result(step: Callable[..., Any]) -> None:
    fitting = delta(3, 6, copy(0, 3), copy(0, 3))
    assert step(b"abc", fitting, 10, 6, 0, WHOLE_RESULT)[0] == b"abcabc"
    with pytest.raises(ValueError, match=TOO_LARGE):
        step(b"abc", fitting, 10, 5, 0, WHOLE_RESULT)


@pytest.mark.parametrize("carry", [each[1] for each in BOTH], ids=IDS)
@pytest.mark.parametrize(
    "name", ["nothing", "one size", "a copy without its length", "half an insert", "instruction 0"]
)
def test_nothing_is_carried_by_a_broken_delta(carry: Callable[..., Any], name: str) -> None:
    with pytest.raises(ValueError, match="cut short"):
        carry(BROKEN[name][0], b"")


def test_the_sizes_stand_in_front() -> None:
    assert sizes(delta(1 << 40, 300, insert(b"a"))) == (1 << 40, 300)
    with pytest.raises(ValueError, match="cut short"):
        sizes(b"\x80")


# What is applied.


@both
def test_a_length_of_none_is_64_kib(step: Callable[..., Any]) -> None:
    base = bytes(range(256)) * 257
    assert step(base, delta(len(base), 0x10000, copy(7, 0x10000)), 10, LIMIT, 0, WHOLE_RESULT)[0] == base[7:0x10007]


@both
def test_the_same_content_has_no_windows(step: Callable[..., Any]) -> None:
    base = b"one\ntwo\nthree"
    assert step(base, delta(13, 13, copy(0, 6), copy(6, 7)), 10, LIMIT, 0, WHOLE_RESULT) == (base, b"", b"", 13)
    assert step(b"", delta(0, 0), 10, LIMIT, 0, WHOLE_RESULT) == (b"", b"", b"", 0)


@both
@pytest.mark.parametrize(
    ("parts", "size", "text", "rows"),
    [
        ((copy(0, 4), insert(b"new\n"), copy(4, 9)), 17, b"new\ntwo\n", [(4, 7, FRAGMENT)]),
        ((copy(0, 4), copy(8, 5)), 9, b"three\n", [(4, 5, FRAGMENT)]),
        ((copy(0, 8),), 8, b"", []),
        ((copy(0, 6),), 6, b"tw\n", [(4, 2, FRAGMENT)]),
        ((copy(4, 9),), 9, b"two\n", [(0, 3, FRAGMENT)]),
        ((copy(0, 5), insert(b"X"), copy(6, 7)), 13, b"tXo\n", [(4, 3, FRAGMENT)]),
    ],
)
def test_windows_are_the_lines_that_changed(
    step: Callable[..., Any], parts: tuple[bytes, ...], size: int, text: bytes, rows: Rows
) -> None:
    base = b"one\ntwo\nthree"
    out = step(base, delta(len(base), size, *parts), 100, LIMIT, 0, WHOLE_RESULT)
    assert (out[1], rows_of(out[2])) == (text, rows)


@both
@often
@given(case=made(LINES), wanted=st.sampled_from([0, 1, 7, WHOLE_RESULT]))
def test_the_result_is_what_git_makes_of_it(step: Callable[..., Any], case: Made, wanted: int) -> None:
    assert step(case.base, case.delta, 3, LIMIT, 0, wanted)[0] == case.result[:wanted]


# The twins.


def outcome(call: Callable[..., Any], *words: Any) -> Any:
    try:
        return call(*words)
    except ValueError:
        return "refused"


@needs_c
@settings(max_examples=500, deadline=None)
@given(
    case=st.one_of(made(LINES), made(ENTRIES)),
    margin=st.sampled_from([0, 1, 3, HUGE]),
    hash_size=st.sampled_from([0, HASH, 32]),
    limit=st.sampled_from([30, LIMIT]),
    wanted=st.sampled_from([0, 5, WHOLE_RESULT]),
    changes=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=3),
    cut=st.integers(0, 200),
)
def test_twins_agree(
    case: Made, margin: int, hash_size: int, limit: int, wanted: int, changes: list[tuple[int, int]], cut: int
) -> None:
    """Also on deltas that are damaged anywhere."""
    mangled = bytearray(case.delta)
    for place, value in changes:
        if place < len(mangled):
            mangled[place] = value
    broken = bytes(mangled[: cut if cut < 100 else None])
    words = (case.base, broken, margin, limit, hash_size, wanted)
    assert outcome(BOTH[1][0], *words) == outcome(odb_delta.python_step, *words)
    spans = array("i", [-1, 5, 0, 9, 3, 4, min(7, len(case.base)), len(case.base) + 1, 2, 2]).tobytes()
    ours, theirs = outcome(BOTH[1][1], broken, spans), outcome(odb_delta.python_carry, broken, spans)
    assert ours == theirs


@needs_c
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_twins_hand_the_same_marks_down(data: st.DataObject) -> None:
    some = st.one_of(st.none(), made(ENTRIES).map(lambda case: case.delta), st.binary(max_size=9))
    deltas = [None, *data.draw(st.lists(some, max_size=4))]
    marks = st.dictionaries(st.integers(0, 150), st.integers(0, 9), max_size=3)
    born = [array("i", [value for pair in data.draw(marks).items() for value in pair]).tobytes() for _ in deltas]
    parents = [data.draw(st.integers(-1, number)) for number in range(len(deltas))]
    ours, theirs = (handed_down(family, deltas, born, parents) for _, _, family in (BOTH[1], PYTHON))
    assert ours == theirs


@needs_c
def test_the_c_step_is_picky_about_its_arguments() -> None:
    step: Any = BOTH[1][0]
    family: Any = BOTH[1][2]
    with pytest.raises(TypeError):
        step(b"", b"", 0, 0, 0)
    with pytest.raises(TypeError):
        family((), b"", b"", b"", b"", 21)
    with pytest.raises(ValueError, match="as long as each other"):
        family([], b"", bytes(4), b"", b"", 21)
    with pytest.raises(ValueError, match="as long as each other"):
        family([], bytes(12), bytes(4), b"", bytes(8), 21)

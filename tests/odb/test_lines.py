"""Lines that were scanned before: what is left out, and what never is. The C functions and their twins alike."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import NamedTuple

import pytest

from keyguard.model.slab import CLIPPED_LEFT, FRAGMENT
from keyguard.odb.lines import learn, new_table, python_learn
from keyguard.odb.stride import NEEDED, python_stride, stride
from tests.odb.crafting import copy, delta, insert

TEXT = b"one\ntwo\nthree"


class Twin(NamedTuple):
    stride: Callable[..., tuple[int, str | None, bytes, bytes, bytes, bytes | None, bytes]]
    learn: Callable[[bytearray, bytes, bytes], None]


TWINS = [Twin(python_stride, python_learn), *([Twin(stride, learn)] if learn is not python_learn else [])]
both = pytest.mark.parametrize("twin", TWINS, ids=["python", "C"][: len(TWINS)])


def offsets(*places: int) -> bytes:
    return array("q", places).tobytes()


class Reading(NamedTuple):
    text: bytes
    windows: list[tuple[int, ...]]
    told: int
    fresh: bytes


def read(twin: Twin, content: bytes, known: bytearray | None, margin: int = 100) -> Reading:
    """What is new in a whole object."""
    plan = array("i", (0, 0)).tobytes()
    _, problem, text, rows, table, _, fresh = twin.stride(
        [None], [content], 0, plan, (margin, 1 << 20, 0, 1 << 20, 1 << 20), known
    )
    assert problem is None
    flat = array("i", rows)
    return Reading(text, list(zip(flat[::3], flat[1::3], flat[2::3])), array("i", table)[2], fresh)


@both
def test_nothing_is_left_out_at_first(twin: Twin) -> None:
    assert read(twin, TEXT, new_table(64))[:3] == (TEXT + b"\n", [], -1)


@both
def test_without_a_table_nothing_is_noted(twin: Twin) -> None:
    assert read(twin, TEXT, None).fresh == b""


@both
def test_a_line_that_held_nothing_is_left_out(twin: Twin) -> None:
    table = new_table(1 << 12)
    twin.learn(table, read(twin, TEXT, table).fresh, offsets(5))
    assert read(twin, TEXT, table)[:3] == (b"two\n", [(4, 3, FRAGMENT)], 1)
    assert read(twin, b"one\nthree\n", table)[:3] == (b"\n", [(10, 0, FRAGMENT)], 1)


@both
@pytest.mark.parametrize(
    ("place", "left"), [(0, b"one\n"), (3, b"one\n"), (4, b"two\n"), (8, b"three\n"), (13, b"three\n")]
)
def test_a_place_excepts_its_line(twin: Twin, place: int, left: bytes) -> None:
    table = new_table(1 << 12)
    twin.learn(table, read(twin, TEXT, table).fresh, offsets(place))
    assert read(twin, TEXT, table).text == left


@both
def test_lines_side_by_side_stay_one_window(twin: Twin) -> None:
    table = new_table(1 << 12)
    twin.learn(table, read(twin, b"two", table).fresh, b"")
    found = read(twin, b"a\nb\ntwo\nc\nd", table)
    assert (found.text, found.windows) == (b"a\nb\nc\nd\n", [(0, 3, FRAGMENT), (8, 3, FRAGMENT)])


@both
def test_a_line_that_is_cut_is_never_known(twin: Twin) -> None:
    table = new_table(1 << 12)
    base, line = b"x" * 50 + b"\n", b"y" * 9
    change = delta(51, 60, copy(0, 50), insert(line), copy(50, 1))
    plan = array("i", (0, NEEDED, 1, 0)).tobytes()
    bounds = (10, 1 << 20, 0, 1 << 20, 1 << 20)
    for _ in range(2):
        found = twin.stride([None, None], [base, change], 0, plan, bounds, table)
        assert found[2].endswith(b"x" * 10 + line + b"\n")
        assert array("i", found[3])[-1] == FRAGMENT | CLIPPED_LEFT
        twin.learn(table, found[6], b"")


@both
def test_a_table_of_one_place_knows_the_last_line_only(twin: Twin) -> None:
    table = new_table(1)
    twin.learn(table, read(twin, b"one\ntwo", table).fresh, b"")
    assert read(twin, b"one\ntwo", table).text == b"one\n"


@both
def test_a_table_says_nothing_to_who_has_another_key(twin: Twin) -> None:
    table = new_table(1 << 12)
    twin.learn(table, read(twin, TEXT, table).fresh, b"")
    table[:16] = bytes(16)
    assert read(twin, TEXT, table).text == TEXT + b"\n"


@both
def test_with_a_margin_below_zero_everything_is_read(twin: Twin) -> None:
    table = new_table(1 << 12)
    twin.learn(table, read(twin, TEXT, table).fresh, b"")
    assert read(twin, TEXT, table, -1)[:3] == (TEXT + b"\n", [], -1)


@pytest.mark.skipif(learn is python_learn, reason="there is no C step here")
@pytest.mark.parametrize("size", [0, 15, 16, 16 + 24])
def test_a_table_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="another size"):
        learn(bytearray(size), b"", b"")
    with pytest.raises(ValueError, match="another size"):
        stride([None], [b""], 0, array("i", (0, 0)).tobytes(), (0, 1, 0, 1, 1), bytearray(size))

"""Lines that were scanned before: what is left out, and what never is."""

from __future__ import annotations

import random
from array import array
from typing import NamedTuple

import pytest

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.odb.lines import learn, new_table
from keyguard.odb.stride import COLUMNS, NEEDED, python_stride, stride
from tests.odb.crafting import copy, delta, insert, planned

pytestmark = pytest.mark.skipif(stride is python_stride, reason="there is no C step here")

TEXT = b"one\ntwo\nthree"
KEY = 32


class Reading(NamedTuple):
    """What is new in one object: the text, its windows, how many there are told to be, and what may be learned."""

    text: bytes
    windows: list[tuple[int, int, int]]
    told: int
    fresh: bytes


def table_of(places: int) -> bytearray:
    table = new_table(places - 1)
    assert table is not None
    assert len(table) == KEY + 8 * places
    return table


def offsets(*places: int) -> bytes:
    return array("q", sorted(places)).tobytes()


def reading(found: tuple[int, str | None, bytes, bytes, bytes, bytes, bytes | None, bytes]) -> Reading:
    """The last object of a stride."""
    _, problem, text, rows, lows, table, _, fresh = found
    assert problem is None
    _, start, told = array("i", table)[-COLUMNS:]
    flat = array("i", rows)
    assert [text[low + length] for low, length in zip(array("i", lows), flat[1::3], strict=True)] == [10] * (
        len(flat) // 3
    )
    windows = list(zip(flat[::3], flat[1::3], flat[2::3]))
    return Reading(text[start:], windows[len(windows) - told :] if told > 0 else [], told, fresh)


def read(content: bytes, known: bytearray | None, margin: int = 100) -> Reading:
    payloads, plan = planned([content], (0, 0))
    return reading(stride([None], payloads, 0, plan, (margin, 1 << 20, 0, 1 << 20, 1 << 20), known))


def test_nothing_is_left_out_at_first() -> None:
    assert read(TEXT, table_of(64))[:3] == (TEXT + b"\n", [], -1)


def test_without_a_table_nothing_is_noted() -> None:
    assert read(TEXT, None).fresh == b""


def test_a_line_that_held_nothing_is_left_out() -> None:
    table = table_of(1 << 12)
    learn(table, read(TEXT, table).fresh, offsets(5))
    assert read(TEXT, table)[:3] == (b"two\n", [(4, 3, FRAGMENT)], 1)
    assert read(b"one\nthree\n", table)[:3] == (b"\n", [(10, 0, FRAGMENT)], 1)


@pytest.mark.parametrize(
    ("place", "left"), [(0, b"one\n"), (3, b"one\n"), (4, b"two\n"), (8, b"three\n"), (13, b"three\n")]
)
def test_a_place_excepts_its_line(place: int, left: bytes) -> None:
    table = table_of(1 << 12)
    learn(table, read(TEXT, table).fresh, offsets(place))
    assert read(TEXT, table).text == left


def test_lines_side_by_side_stay_one_window() -> None:
    table = table_of(1 << 12)
    learn(table, read(b"two", table).fresh, b"")
    found = read(b"a\nb\ntwo\nc\nd", table)
    assert (found.text, found.windows) == (b"a\nb\nc\nd\n", [(0, 3, FRAGMENT), (8, 3, FRAGMENT)])


def test_a_line_that_is_cut_is_never_known() -> None:
    table = table_of(1 << 12)
    base, line = b"x" * 50 + b"\n", b"y" * 9
    change = delta(51, 60, copy(0, 50), insert(line), copy(50, 1))
    payloads, plan = planned([base, change], (0, NEEDED), (1, 0))
    for _ in range(2):
        found = reading(stride([None, None], payloads, 0, plan, (10, 1 << 20, 0, 1 << 20, 1 << 20), table))
        assert found.text == b"x" * 10 + line + b"\n"
        assert found.windows[0][2] == FRAGMENT | CLIPPED_LEFT
        learn(table, found.fresh, b"")


def test_a_table_of_one_place_knows_the_last_line_only() -> None:
    table = table_of(1)
    learn(table, read(b"one\ntwo", table).fresh, b"")
    assert read(b"one\ntwo", table).text == b"one\n"


def test_a_table_says_nothing_under_another_key() -> None:
    table = table_of(1 << 12)
    learn(table, read(TEXT, table).fresh, b"")
    table[:KEY] = bytes(range(KEY))
    assert read(TEXT, table).text == TEXT + b"\n"


def test_with_a_margin_below_zero_everything_is_read() -> None:
    table = table_of(1 << 12)
    learn(table, read(TEXT, table).fresh, b"")
    assert read(TEXT, table, -1)[:3] == (TEXT + b"\n", [], -1)


@pytest.mark.parametrize("size", [0, KEY - 1, KEY, KEY + 24])
def test_a_table_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="another size"):
        learn(bytearray(size), b"", b"")
    with pytest.raises(ValueError, match="another size"):
        stride([None], b"", 0, b"", (0, 1, 0, 1, 1), bytearray(size))


@pytest.mark.parametrize("seed", range(200))
def test_all_other_lines_are_read(seed: int) -> None:
    rng = random.Random(seed)
    table = bytearray(range(KEY)) + bytearray(8 << 16)
    learned: set[bytes] = set()
    margin = rng.choice((0, 3, 100))
    base = b"\n".join(rng.choices((b"a", b"bb", b"", b"cc" * 9), k=rng.randrange(1, 30)))
    for _ in range(6):
        cut, line = rng.randrange(len(base) + 1), rng.choice((b"a\n", b"\n", b"x", b"bb", b"long" * 9))
        parts = [
            *([copy(0, cut)] if cut else []),
            insert(line),
            *([copy(cut, len(base) - cut)] if cut < len(base) else []),
        ]
        change = delta(len(base), len(base) + len(line), *parts)
        payloads, plan = planned([base, change], (0, NEEDED), (1, 0))
        bounds = (margin, 1 << 20, 0, 1 << 20, 1 << 20)
        known, plain = (reading(stride([None, None], payloads, 0, plan, bounds, each)) for each in (table, None))
        result = base[:cut] + line + base[cut:]
        assert [result[at : at + size] for at, size, _ in known.windows] == pieces(known)
        assert lines_of(known) == [each for each in lines_of(plain) if each[1] or each[0] not in learned]
        fresh = array("Q", known.fresh)[1::2]
        text = stride([None, None], payloads, 0, plan, bounds, table)[2]
        excepted = set(rng.sample(range(len(text)), min(2, len(text))))
        learn(table, known.fresh, offsets(*excepted))
        for start, behind in zip(fresh, [*fresh[1:], len(text)]):
            if not excepted & set(range(start, behind)):
                learned.add(text[start : text.index(b"\n", start)])
        base = result


def pieces(found: Reading) -> list[bytes]:
    """The texts of the windows, one by one."""
    out, at = [], 0
    for _, size, _ in found.windows:
        out.append(found.text[at : at + size])
        at += size + 1
    assert at == len(found.text)
    return out


def lines_of(found: Reading) -> list[tuple[bytes, bool]]:
    """The lines of the windows, and whether each is cut."""
    out: list[tuple[bytes, bool]] = []
    for text, (_, _, flags) in zip(pieces(found), found.windows):
        lines = text.split(b"\n")
        for number, line in enumerate(lines):
            is_cut = flags & CLIPPED_LEFT * (not number) or flags & CLIPPED_RIGHT * (number == len(lines) - 1)
            out.append((line, bool(is_cut)))
    return out

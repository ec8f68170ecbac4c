"""Lines that were scanned before: what is left out, and what never is."""

from __future__ import annotations

import ctypes
import os
import random
from array import array
from copy import copy as duplicate
from typing import NamedTuple

import pytest

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.odb.lines import KEY, LineTable
from keyguard.odb.stride import COLUMNS, NEEDED, Stretch, python_stride, stride
from tests.odb.crafting import copy, delta, insert, planned

pytestmark = pytest.mark.skipif(stride is python_stride, reason="there is no C step here")

TEXT = b"one\ntwo\nthree"


class Reading(NamedTuple):
    """What is new in one object: the text, its windows, how many there are told to be, and what may be learned."""

    text: bytes
    windows: list[tuple[int, int, int]]
    told: int
    fresh: bytes


def table_of(places: int, key: bytes = bytes(range(KEY))) -> LineTable:
    table = LineTable(places - 1, key)
    assert table.place[1] == KEY + 8 * places
    return table


def offsets(*places: int) -> bytes:
    return array("q", sorted(places)).tobytes()


def reading(found: Stretch) -> Reading:
    """The last object of a stride."""
    assert found.problem is None
    _, start, told = array("i", found.table)[-COLUMNS:]
    flat, text = array("i", found.rows), found.text
    assert {text[low + length] for low, length in zip(array("i", found.lows), flat[1::3], strict=True)} <= {10}
    windows = list(zip(flat[::3], flat[1::3], flat[2::3]))
    return Reading(text[start:], windows[len(windows) - told :] if told > 0 else [], told, found.fresh)


def stretch(payloads: bytes, plan: bytes, margin: int, known: LineTable | None, hash_size: int = 0) -> Stretch:
    """All objects of a family of at most two."""
    bounds = (margin, 1 << 20, hash_size, 1 << 20, 1 << 20)
    return Stretch(*stride([None, None], payloads, 0, plan, bounds, known.place if known else None))


def read(content: bytes, known: LineTable | None, margin: int = 100) -> Reading:
    payloads, plan = planned([content], (0, 0))
    return reading(stretch(payloads, plan, margin, known))


def test_nothing_is_left_out_at_first() -> None:
    assert read(TEXT, table_of(64))[:3] == (TEXT + b"\n", [], -1)


def test_without_a_table_nothing_is_noted() -> None:
    assert read(TEXT, None).fresh == b""


def test_a_line_that_held_nothing_is_left_out() -> None:
    table = table_of(1 << 12)
    table.learn(read(TEXT, table).fresh, offsets(5))
    assert read(TEXT, table)[:3] == (b"two\n", [(4, 3, FRAGMENT)], 1)
    assert read(b"one\nthree\n", table)[:3] == (b"\n", [(10, 0, FRAGMENT)], 1)


@pytest.mark.parametrize(
    ("place", "left"), [(0, b"one\n"), (3, b"one\n"), (4, b"two\n"), (8, b"three\n"), (13, b"three\n")]
)
def test_a_place_excepts_its_line(place: int, left: bytes) -> None:
    table = table_of(1 << 12)
    table.learn(read(TEXT, table).fresh, offsets(place))
    assert read(TEXT, table).text == left


def test_lines_side_by_side_stay_one_window() -> None:
    table = table_of(1 << 12)
    table.learn(read(b"two", table).fresh, b"")
    found = read(b"a\nb\ntwo\nc\nd", table)
    assert (found.text, found.windows) == (b"a\nb\nc\nd\n", [(0, 3, FRAGMENT), (8, 3, FRAGMENT)])


def test_a_line_that_is_cut_is_never_known() -> None:
    table = table_of(1 << 12)
    base, line = b"x" * 50 + b"\n", b"y" * 9
    change = delta(51, 60, copy(0, 50), insert(line), copy(50, 1))
    payloads, plan = planned([base, change], (0, NEEDED), (1, 0))
    for _ in range(2):
        found = reading(stretch(payloads, plan, 10, table))
        assert found.text == b"x" * 10 + line + b"\n"
        assert found.windows[0][2] == FRAGMENT | CLIPPED_LEFT
        table.learn(found.fresh, b"")


def test_a_table_of_one_place_knows_the_last_line_only() -> None:
    table = table_of(1)
    table.learn(read(b"one\ntwo", table).fresh, b"")
    assert read(b"one\ntwo", table).text == b"one\n"


def test_a_table_says_nothing_under_another_key() -> None:
    table = table_of(1 << 12)
    table.learn(read(TEXT, table).fresh, b"")
    assert read(TEXT, table).text == b""
    ctypes.memmove(table.place[0], bytes(range(1, KEY + 1)), KEY)
    assert read(TEXT, table).text == TEXT + b"\n"


def test_each_table_has_a_key_of_its_own() -> None:
    tables = [LineTable(1) for _ in range(3)]
    keys = {ctypes.string_at(table.place[0], KEY) for table in tables}
    assert len(keys) == 3
    assert bytes(KEY) not in keys


def test_forked_processes_share_a_table_and_others_begin_with_an_empty_one() -> None:
    table = table_of(1 << 12)
    if hasattr(os, "fork"):
        child = os.fork()
        if not child:
            table.learn(read(TEXT, table).fresh, b"")
            os._exit(0)
        os.waitpid(child, 0)
        assert read(TEXT, table).text == b""
    assert read(TEXT, duplicate(table)).text == TEXT + b"\n"


def test_with_a_margin_below_zero_everything_is_read() -> None:
    table = table_of(1 << 12)
    table.learn(read(TEXT, table).fresh, b"")
    assert read(TEXT, table, -1)[:3] == (TEXT + b"\n", [], -1)


@pytest.mark.parametrize("size", [0, KEY - 1, KEY, KEY + 24])
def test_a_table_of_another_size_is_refused(size: int) -> None:
    from keyguard.odb import _delta

    table = table_of(4)
    address = table.place[0]
    with pytest.raises(ValueError, match="another size"):
        _delta.learn((address, size, table), b"", b"")
    with pytest.raises(ValueError, match="another size"):
        stride([None], b"", 0, b"", (0, 1, 0, 1, 1), (address, size, table))


@pytest.mark.parametrize("seed", range(200))
def test_all_other_lines_are_read(seed: int) -> None:
    rng = random.Random(seed)
    table = table_of(1 << 16)
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
        known, plain = (reading(stretch(payloads, plan, margin, each)) for each in (table, None))
        result = base[:cut] + line + base[cut:]
        assert [result[at : at + size] for at, size, _ in known.windows] == pieces(known)
        assert lines_of(known) == [each for each in lines_of(plain) if each[1] or each[0] not in learned]
        fresh = array("Q", known.fresh)[1::2]
        text = stretch(payloads, plan, margin, table).text
        excepted = set(rng.sample(range(len(text)), min(2, len(text))))
        table.learn(known.fresh, offsets(*excepted))
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


def entry(name: bytes, child: bytes = b"c", size: int = 3) -> bytes:
    return b"100644 " + name + b"\0" + child * size


def names_in(content: bytes, known: LineTable | None, hash_size: int = 3) -> Stretch:
    return stretch(*planned([content], (0, 0)), 0, known, hash_size)


def test_names_are_read_once() -> None:
    table = table_of(1 << 12)
    tree = entry(b"a") + entry(b"b")
    first = names_in(tree, table)
    assert (first.text, first.names) == (tree + b"\n", tree)
    table.learn(first.fresh, b"")
    again = names_in(entry(b"a", b"d") + entry(b"new") + entry(b"b"), table)
    assert again.names == entry(b"new")
    assert again.text == entry(b"a", b"d") + entry(b"new") + entry(b"b") + b"\n"


@pytest.mark.parametrize("place", [12, 13, 23])
def test_a_name_that_held_something_is_read_again(place: int) -> None:
    table = table_of(1 << 12)
    tree = entry(b"a") + entry(b"b") + entry(b"c")
    table.learn(names_in(tree, table).fresh, offsets(place))
    assert names_in(tree, table).names == entry(b"b")


def test_without_a_table_all_names_are_read() -> None:
    assert names_in(entry(b"a"), None).names == entry(b"a") + b"\n"


@pytest.mark.parametrize("seed", range(100))
def test_all_other_names_are_read(seed: int) -> None:
    """Of trees and of their windows, whatever may stand in them."""
    rng = random.Random(seed)
    table, seen = table_of(1 << 16), set[bytes]()
    for _ in range(6):
        parts = [entry(rng.choice((b"a", b"bb", b"c c", b"")), rng.randbytes(1)) for _ in range(rng.randrange(6))]
        base = b"".join(parts) + rng.choice((b"", b"", b"\0", b"1", b"100644 cut\0x"))
        cut, new = rng.randrange(len(base) + 1), rng.choice((entry(b"new"), b"x", b"\0", entry(b"bb", b"q")))
        kept = [copy(0, cut)] * (cut > 0) + [insert(new)] + [copy(cut, len(base) - cut)] * (cut < len(base))
        change = delta(len(base), len(base) + len(new), *kept)
        found = stretch(*planned([base, change], (0, NEEDED), (1, 0)), 0, table, 3)
        texts = [found.text[: len(base)], *pieces(reading(found))]
        expected = [each for text in texts for each in entries(text) if each.partition(b"\0")[0] not in seen]
        assert found.names == b"".join(expected)
        table.learn(found.fresh, b"")
        seen.update(each.partition(b"\0")[0] for each in expected)


def entries(text: bytes) -> list[bytes]:
    found = []
    while text:
        nul = text.find(b"\0")
        size = nul + 4 if nul >= 0 else len(text)
        found.append(text[:size])
        text = text[size:]
    return found

"""The births of a pack's trees: every entry is found by its key, with the file name that git would read."""

from __future__ import annotations

import random
import struct
from itertools import accumulate

import numpy as np
import pytest

from keyguard.model.slab import FRAGMENT, Slab
from keyguard.odb.births import AllBirths, Sieve
from keyguard.odb.trees import births_of, name_before, read_entries
from keyguard.sources.slabs import SlabBuilder

RNG = random.Random(9)


def entry(name: bytes, mode: bytes = b"100644", size: int = 20) -> bytes:
    return mode + b" " + name + b"\0" + RNG.randbytes(size)


def key(tree: bytes, nul: int) -> int:
    return int.from_bytes(tree[nul + 1 : nul + 9], "big")


def rows_of(slabs: list[Slab], size: int = 20) -> dict[tuple[int, int, int], bytes]:
    """The file names, by number of the tree, offset and key."""
    births = [births_of(slab, size) for slab in slabs]
    born = AllBirths(births, size).of(np.unique(np.concatenate([each.keys() for each in births])))
    keys, names = born.keys[born.labels].tolist(), born.names[born.labels].tolist()
    found = zip(born.trees.tolist(), born.offsets.tolist(), keys)
    return dict(zip(found, map(born.texts.__getitem__, names), strict=True))


@pytest.mark.parametrize("size", [20, 32])
def test_births_of_whole_trees(size: int) -> None:
    """Every entry has a row. There may be more rows, of keys that are no object's."""
    builder = SlabBuilder()
    trees = {
        owner: b"".join(entry(b"n%d" % number, mode, size) for number, mode in enumerate(modes))
        for owner, modes in ((5, [b"100644"]), (9, []), (3, [b"40000", b"160000", b"120000", b"0100644", b"100755"]))
    }
    for owner, tree in trees.items():
        builder.add_whole(owner, tree)
    rows = rows_of([builder.take()], size)
    for owner, tree in trees.items():
        for each in read_entries(tree, size):
            assert rows[owner, each.at, key(tree, each.at)] == each.name


def test_births_of_windows() -> None:
    """Of one tree there are windows, the others are whole."""
    tree, other = (b"".join(entry(b"n%d" % number) for number in range(6)) for _ in range(2))
    cuts = [each.at + 21 for each in read_entries(tree, 20)]
    windows = [(0, cuts[0]), (cuts[1], cuts[3])]
    pieces = [other, *(tree[start:stop] for start, stop in windows), other]
    text = b"".join(piece + b"\n" for piece in pieces)
    starts = [0, *accumulate(len(piece) + 1 for piece in pieces)]
    rows = b"".join(struct.pack("iii", start, stop - start, FRAGMENT) for start, stop in windows)
    slab = Slab(text, [starts[0], starts[1], starts[3]], [4, 7, 8], [0, 0, 2, 2], rows, starts[1:3])
    found = rows_of([slab])
    for number, each in enumerate(read_entries(tree, 20)):
        if number in (0, 2, 3):
            assert found[7, each.at, key(tree, each.at)] == each.name
    for owner in (4, 8):
        for each in read_entries(other, 20):
            assert found[owner, each.at, key(other, each.at)] == each.name


@pytest.mark.parametrize("seed", range(60))
def test_births_have_the_names_that_git_would_read(seed: int) -> None:
    """Names with spaces and modes in them, object names that look like entries, and trees that are broken."""
    rng = random.Random(seed)
    children = [bytes(rng.choices(b"\0 017ab\n", k=20)) for _ in range(20)]
    names = [bytes(rng.choices(b"ab 0167.\xff", k=rng.choice((1, 3, 9, 30, 90)))) for _ in range(20)]
    trees = {}
    for number in range(5):
        modes = rng.choices([b"100644", b"40000", b"120000", b"100600"], k=40)
        entries = [mode + b" " + rng.choice(names) + b"\0" + rng.choice(children) for mode in modes]
        cut = rng.randrange(20, 900)
        trees[number] = b"".join(entries) if number < 3 else (b"".join(entries)[:cut] + b"".join(entries)[cut + 9 :])
    slabs = []
    for some in ([0, 1], [], [2, 3, 4]):
        builder = SlabBuilder()
        for number in some:
            builder.add_whole(number, trees[number])
        slabs.append(builder.take())
    found = rows_of(slabs)
    births = [births_of(slab, 20) for slab in slabs]
    expected = {}
    for each in births:
        places = np.searchsorted(each.starts, each.ats, side="right") - 1
        for tree, at, number in zip(each.trees[places], each.ats - each.starts[places], each.keys()):
            if name := name_before(trees[tree], 0, int(at)):
                expected[tree, at, number] = name
    assert found == expected


@pytest.mark.parametrize("name", [b"a", b"a name", b"n" * 31, b"n" * 32, b"n" * 33, b"n" * 500])
def test_the_same_entry_has_the_same_label_in_all_trees(name: bytes) -> None:
    child = RNG.randbytes(20)
    trees = [entry(b"%d" % number * 30) + b"40000 " + name + b"\0" + child for number in range(4)]
    builder = SlabBuilder()
    for number, tree in enumerate(trees):
        builder.add_whole(number, tree)
    wanted = np.array([int.from_bytes(child[:8], "big")], np.uint64)
    born = AllBirths([births_of(builder.take(), 20)], 20).of(wanted)
    assert born.texts == [name]
    assert born.keys.tolist() == wanted.tolist()
    assert born.trees.tolist() == [0, 1, 2, 3]


def test_a_name_that_looks_like_a_mode_in_the_first_tree() -> None:
    name = b"a" * 14 + b"100644 " + b"b" * 8
    builder = SlabBuilder()
    builder.add_whole(7, tree := entry(name, b"40000"))
    assert rows_of([builder.take()]) == {(7, len(name) + 6, key(tree, len(name) + 6)): name}


def test_the_smallest_tree() -> None:
    builder = SlabBuilder()
    builder.add_whole(7, tree := entry(b"a"))
    assert rows_of([builder.take()]) == {(7, 8, key(tree, 8)): b"a"}


def test_no_births() -> None:
    none = births_of(SlabBuilder().take(), 20)
    assert len(none.keys()) == 0
    for births in ([], [none]):
        assert AllBirths(births, 20).of(np.array([5], np.uint64)).texts == []


@pytest.mark.parametrize("count", [0, 1, 3000])
def test_a_sieve_finds_the_keys_and_no_other(count: int) -> None:
    keys = np.frombuffer(RNG.randbytes(8 * count), np.uint64)
    among = np.concatenate((keys[:100], keys ^ np.uint64(1), keys ^ np.uint64(1 << 63), keys[::-1]))
    expected = np.flatnonzero(np.isin(among, keys))
    assert Sieve(np.sort(keys)).places(among).tolist() == expected.tolist()

"""Trees: entries one by one, and the names that stand in many trees at once."""

from __future__ import annotations

import random
import struct
import subprocess
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keyguard.model.slab import FRAGMENT, Slab
from keyguard.odb.trees import Births, births_of, gather_deltas, name_before, read_entries
from keyguard.sources.slabs import SlabBuilder

if TYPE_CHECKING:
    from tests.repositories import Repo

RNG = random.Random(9)


def entry(name: bytes, mode: bytes = b"100644", size: int = 20) -> bytes:
    return mode + b" " + name + b"\0" + RNG.randbytes(size)


def key(tree: bytes, nul: int) -> int:
    return int.from_bytes(tree[nul + 1 : nul + 9], "big")


@pytest.mark.parametrize(
    "tail",
    [b"1", b"100644", b"100644 ", b"100644 a", b"100644 a\0", b"100644 a\0" + b"x" * 19, b"\0" * 30, b"no space"],
)
def test_a_broken_end_is_left_out(tail: bytes) -> None:
    good = entry(b"a") + entry(b"b", b"40000")
    assert [each.name for each in read_entries(good + tail, 20)] == [b"a", b"b"]


def test_a_name_may_hold_anything_but_nul() -> None:
    names = [b"100644 x", b" ", b"\n", b"\xff\xfe", b"a" * 5000]
    tree = b"".join(map(entry, names))
    found = list(read_entries(tree, 20))
    assert [each.name for each in found] == names
    for each in found:
        assert tree[each.at + 1 : each.at + 21] == each.child


def test_what_git_writes(git_repo: Repo) -> None:
    git_repo.commit({"a": "1", "b c": "2", "dir/x": "3"})
    git_repo.write("link", "")
    raw = git_repo.git("ls-tree", "-z", "HEAD").rstrip("\0").split("\0")
    shown = [(*line.partition("\t")[0].split()[::2], line.partition("\t")[2]) for line in raw]
    # `cat-file tree` is not text: asked of git as text its bytes would be changed.
    tree = subprocess.run(
        ["git", "cat-file", "tree", "HEAD:"], cwd=git_repo.path, capture_output=True, check=True
    ).stdout
    found = [(each.mode.decode().zfill(6), each.child.hex(), each.name.decode()) for each in read_entries(tree, 20)]
    assert found == shown


def rows_of(births: Births, size: int = 20) -> dict[tuple[int, int, int], bytes]:
    """The file names, by number of the tree, offset and key."""
    every = np.arange(len(births.keys))
    trees, places = births.places(every)
    found = zip(trees.tolist(), places.tolist(), births.keys.tolist())
    return dict(zip(found, births.file_names(every, size)))


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
    rows = rows_of(births_of(builder.take(), size), size)
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
    found = rows_of(births_of(slab, 20))
    for number, each in enumerate(read_entries(tree, 20)):
        if number in (0, 2, 3):
            assert found[7, each.at, key(tree, each.at)] == each.name
    for owner in (4, 8):
        for each in read_entries(other, 20):
            assert found[owner, each.at, key(other, each.at)] == each.name


@pytest.mark.parametrize("seed", range(30))
def test_births_have_the_names_that_git_would_read(seed: int) -> None:
    """Names with spaces and modes in them, and names of objects that look like entries."""
    rng = random.Random(seed)
    names = [bytes(rng.choices(b"ab 0167.\xff", k=rng.choice((1, 3, 9, 90)))) for _ in range(40)]
    modes = [b"100644", b"40000", b"120000", b"100600"]
    tree = b"".join(rng.choice(modes) + b" " + name + b"\0" + bytes(rng.choices(b"\0 017ab\n", k=20)) for name in names)
    builder = SlabBuilder()
    builder.add_whole(1, b"")
    builder.add_whole(2, tree)
    births = births_of(builder.take(), 20)
    for (_, at, _), name in rows_of(births).items():
        assert name == name_before(tree, 0, at)


def test_no_births() -> None:
    assert len(births_of(SlabBuilder().take(), 20).keys) == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"100644 a.txt", b"a.txt"), (b"40000 dir", b"dir"), (b"40000 100644 x", b"100644 x"), (b"no mode", b""),
        (b"\x12\xff100644", b""), (b"100600 old", b"old"), (b"", b""),
    ],
)  # fmt: skip
def test_the_name_before_a_nul(text: bytes, name: bytes) -> None:
    before = b"100644 z\0" + b"h" * 20
    assert name_before(text + b"\0", 0, len(text)) == name
    assert name_before(before + text + b"\0", 0, len(before + text)) == name
    assert name_before(before + text + b"\0", len(before), len(before + text)) == name


def test_deltas_are_kept_densely() -> None:
    gathered = gather_deltas(np.array([4, 7, 9, 2]), [b"abc", b"whole", b"", b"de"], [True, False, True, True])
    assert gathered.numbers.tolist() == [4, 9, 2]
    assert gathered.ends.tolist() == [3, 3, 5]
    assert gathered.data == b"abcde"
    assert len(gather_deltas(np.zeros(0, np.int64), [], []).numbers) == 0

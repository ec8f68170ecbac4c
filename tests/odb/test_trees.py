"""Trees: their entries one by one."""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keyguard.odb.trees import gather_deltas, name_before, read_entries

if TYPE_CHECKING:
    from tests.repositories import Repo

RNG = random.Random(9)


def entry(name: bytes, mode: bytes = b"100644", size: int = 20) -> bytes:
    return mode + b" " + name + b"\0" + RNG.randbytes(size)


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

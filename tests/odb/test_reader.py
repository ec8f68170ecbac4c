"""Single objects of a pack, in any order."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from keyguard.odb.pack import LOST, Pack
from keyguard.odb.reader import Reader
from tests.odb.crafting import BLOB, NAME_DELTA, Stored, blob, delta, insert, name_of, write_pack

if TYPE_CHECKING:
    from pathlib import Path

CONTENTS = [b"object %d" % number for number in range(300)]


def chained(folder: Path) -> Pack:
    objects = [blob(CONTENTS[0])]
    for number in range(1, 300):
        base, content = CONTENTS[number - 1], CONTENTS[number]
        change = delta(len(base), len(content), insert(content))
        objects.append(Stored(name_of(BLOB, content), NAME_DELTA, change, number - 1))
    return Pack(write_pack(folder, objects), 20)


def test_a_cycle_ends(tmp_path: Path) -> None:
    change = delta(1, 1, insert(b"x"))
    objects = [Stored(bytes([number]) * 20, NAME_DELTA, change, (number + 1) % 3) for number in range(3)]
    with pytest.raises(ValueError, match="never ends"):
        Reader(Pack(write_pack(tmp_path, objects), 20), 100).read(1)


def test_a_base_that_is_lost(tmp_path: Path) -> None:
    pack = chained(tmp_path)
    pack.bases[100] = LOST
    reader = Reader(pack, 100)
    assert reader.read(99) == CONTENTS[99]
    for number in (100, 101, 299):
        with pytest.raises(ValueError, match="missing"):
            reader.read(number)


def test_over_the_limit(tmp_path: Path) -> None:
    change = delta(3, 11, insert(b"y" * 11))
    pack = Pack(write_pack(tmp_path, [blob(b"abc"), Stored(b"x" * 20, NAME_DELTA, change, 0), blob(b"z" * 11)]), 20)
    reader = Reader(pack, 15)
    assert [len(reader.read(number)) for number in range(3)] == [3, 11, 11]
    reader = Reader(pack, 10)
    assert reader.read(0) == b"abc"
    for number in (1, 2):
        with pytest.raises(ValueError, match="over the size limit"):
            reader.read(number)


@pytest.mark.parametrize("budget", [0, 100, 1 << 20])
def test_any_order(tmp_path: Path, budget: int) -> None:
    reader = Reader(chained(tmp_path), 1000, budget)
    for number in random.Random(8).sample(range(300), 300):
        assert reader.read(number) == CONTENTS[number]

"""The delta forest: bases before their deltas, families whole, and no way to be led in circles."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.odb.forest import Forest, endless_objects, grow_forest, lost_objects
from keyguard.odb.pack import LOST, WHOLE, Pack
from tests.odb.crafting import BLOB, COMMIT, NAME_DELTA, OFFSET_DELTA, Stored, blob, delta, insert, write_pack

if TYPE_CHECKING:
    from pathlib import Path

NEW = delta(1, 1, insert(b"x"))


def crafted(folder: Path, bases: list[int], kind: int = NAME_DELTA) -> Pack:
    """A pack of objects named by their numbers; base -1 is a whole blob."""
    names = [number.to_bytes(8, "big") + bytes(12) for number in range(len(bases))]
    objects = [
        Stored(name, BLOB, b"y") if base < 0 else Stored(name, kind, NEW, base=base) for name, base in zip(names, bases)
    ]
    return Pack(write_pack(folder, objects), 20)


def check(pack: Pack, forest: Forest) -> None:
    """Everything that the walk relies on, told without the forest's own arithmetic."""
    bases = pack.bases.tolist()
    depths = [_depth(bases, number) for number in range(len(bases))]
    assert forest.depths.tolist() == depths
    order = forest.order.tolist()
    assert sorted(order) == [number for number, depth in enumerate(depths) if depth >= 0]
    assert lost_objects(forest) == [number for number, depth in enumerate(depths) if depth < 0]
    assert endless_objects(forest) == [number for number, depth in enumerate(depths) if depth == -2]
    path: list[int] = []
    for number in order:
        del path[depths[number] :]
        assert not path or path[-1] == bases[number]
        assert len(path) == depths[number]
        path.append(number)
    children: dict[int, list[int]] = {}
    for number in order:
        if depths[number]:
            children.setdefault(bases[number], []).append(number)
    for base, mine in children.items():
        assert [bool(forest.last[number]) for number in mine] == [False] * (len(mine) - 1) + [True]
        assert int(forest.families[base]) == 1 + sum(int(forest.families[number]) for number in mine)
        assert max(int(forest.families[number]) for number in mine) == int(forest.families[mine[-1]])


def _depth(bases: list[int], number: int) -> int:
    for depth in range(len(bases) + 1):
        if bases[number] == WHOLE:
            return depth
        if bases[number] == LOST:
            return -1
        number = bases[number]
    return -2


@pytest.mark.parametrize(
    "bases",
    [[0], [1, 0], [1, 2, 0], [1, 0, 0, 1, 3], [-1, 0, 3, 2, 2, 1], [-1, 2, 3, 1, 3, 0, 5]],
    ids=["itself", "two", "three", "with deltas of it", "beside a family", "long"],
)
def test_cycles_are_left_out(tmp_path: Path, bases: list[int]) -> None:
    pack = crafted(tmp_path, bases)
    forest = grow_forest(pack)
    assert endless_objects(forest)
    check(pack, forest)


def test_what_hangs_on_nothing_is_left_out(tmp_path: Path) -> None:
    pack = crafted(tmp_path, [-1, 0, 1, 2])
    pack.bases[1] = LOST
    forest = grow_forest(pack)
    assert lost_objects(forest) == [1, 2, 3]
    check(pack, forest)


def test_no_objects(tmp_path: Path) -> None:
    forest = grow_forest(crafted(tmp_path, []))
    assert len(forest.order) == 0
    assert lost_objects(forest) == []


@pytest.mark.parametrize("kind", [NAME_DELTA, OFFSET_DELTA])
def test_a_chain_of_5000(tmp_path: Path, kind: int) -> None:
    pack = crafted(tmp_path, list(range(-1, 5000)), kind)
    forest = grow_forest(pack)
    assert forest.order.tolist() == list(range(5001))
    assert forest.depths.tolist() == list(range(5001))


def test_a_cycle_of_5000_ends(tmp_path: Path) -> None:
    pack = crafted(tmp_path, [*range(1, 5000), 0, -1])
    assert len(lost_objects(grow_forest(pack))) == 5000


def test_a_family_has_the_kind_of_its_root(tmp_path: Path) -> None:
    objects = [
        blob(b"y"),
        Stored(b"c" * 20, COMMIT, b"y"),
        *(Stored(bytes([n]) * 20, OFFSET_DELTA, NEW, n) for n in (0, 1)),
    ]
    pack = Pack(write_pack(tmp_path, objects), 20)
    assert grow_forest(pack).kinds.tolist() == [BLOB, COMMIT, BLOB, COMMIT]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1 << 30), size=st.integers(1, 40))
def test_any_shape(tmp_path_factory: pytest.TempPathFactory, seed: int, size: int) -> None:
    rng = random.Random(seed)
    bases = [rng.choice((-1, rng.randrange(size), rng.randrange(size))) for _ in range(size)]
    pack = crafted(tmp_path_factory.mktemp("pack"), bases)
    check(pack, grow_forest(pack))

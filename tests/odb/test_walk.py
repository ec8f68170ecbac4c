"""The walk through delta families: every object that can be read, whatever hangs beside it, however little is held."""

from __future__ import annotations

import random
import tracemalloc
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.forest import grow_forest
from keyguard.odb.pack import KIND_NAMES, Pack
from keyguard.odb.walk import Batch, Limits, cut_chunks, walk
from tests.odb.crafting import BLOB, OFFSET_DELTA, Stored, blob, copy, delta, insert, name_of, write_pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.repositories import Repo

WIDE = Limits(100, 1 << 20, 1 << 30, 20, True)
WHOLE = WIDE._replace(delta=False)


class Walked(NamedTuple):
    """One object as a walk gave it: its size, and, where all of it is new, its content."""

    size: int
    content: bytes | None


def walked(pack: Pack, limits: Limits = WHOLE, weight: int = 1 << 20) -> tuple[dict[int, Walked], dict[int, str]]:
    """What all walks of a pack give, and what they could not read and why."""
    objects: dict[int, Walked] = {}
    failures: list[tuple[int, str]] = []
    forest = grow_forest(pack)
    for kind in KIND_NAMES:
        for chunk in cut_chunks(0, pack, forest, kind, weight):
            for batch in walk(pack, chunk, limits, failures):
                contents = dict(zip(batch.slab.owners, wholes(batch)))
                for number, size in zip(batch.numbers.tolist(), batch.sizes.tolist()):
                    assert number not in objects
                    objects[number] = Walked(size, contents.get(number))
    return objects, dict(failures)


def wholes(batch: Batch) -> Iterator[bytes | None]:
    slab = batch.slab
    windows = slab.in_windows()
    for owner, start, end in zip(slab.owners, slab.starts, [*slab.starts[1:], len(slab.text)]):
        yield None if owner in windows else slab.text[start : end - 1]


def chain(contents: list[bytes], bases: list[int]) -> list[Stored]:
    """Blobs as deltas of each other, each all new; -1 is stored whole."""
    objects = []
    for content, base in zip(contents, bases):
        if base < 0:
            objects.append(blob(content))
        else:
            change = delta(len(contents[base]), len(content), insert(content))
            objects.append(Stored(name_of(BLOB, content), OFFSET_DELTA, change, base))
    return objects


CONTENTS = [b"object %d\n" % number for number in range(7)]
BASES = [-1, 0, 1, 1, 0, 4, -1]


def test_one_broken_object_takes_only_its_own_deltas_along(tmp_path: Path) -> None:
    objects = chain(CONTENTS, BASES)
    objects[1] = objects[1]._replace(payload=delta(99, 9, insert(b"x" * 9)))
    steps, failures = walked(Pack(write_pack(tmp_path, objects), 20))
    assert failures == {
        1: "its base has another size",
        2: "its delta base cannot be read",
        3: "its delta base cannot be read",
    }
    assert {number: step.content for number, step in steps.items()} == {n: CONTENTS[n] for n in (0, 4, 5, 6)}


@pytest.mark.parametrize("broken", range(7))
def test_whatever_is_broken_the_rest_is_read(tmp_path: Path, broken: int) -> None:
    objects = chain(CONTENTS, BASES)
    objects[broken] = objects[broken]._replace(packed=b"not zlib")
    steps, failures = walked(Pack(write_pack(tmp_path, objects), 20))
    lost = {broken} | {n for n in range(7) if broken in (BASES[n], BASES[max(0, BASES[n])] if BASES[n] >= 0 else -1)}
    assert failures.keys() == lost
    assert steps.keys() == set(range(7)) - lost
    assert "zlib" in failures[broken]


def test_too_large_is_told_apart(tmp_path: Path) -> None:
    contents = [b"small", b"x" * 2000, b"y" * 2000, b"small again"]
    pack = Pack(write_pack(tmp_path, chain(contents, [-1, 0, 1, 1])), 20)
    steps, failures = walked(pack, WHOLE._replace(limit=1000))
    assert steps.keys() == {0}
    assert failures == {1: TOO_LARGE, 2: TOO_LARGE, 3: "its delta base cannot be read"}


@pytest.mark.parametrize("declared", [1 << 31, 1 << 59])
def test_declared_sizes_cost_nothing(tmp_path: Path, declared: int) -> None:
    change = delta(5, declared, copy(0, 5))
    objects = [blob(b"small"), Stored(b"x" * 20, OFFSET_DELTA, change, 0), Stored(b"y" * 20, BLOB, b"y", size=declared)]
    tracemalloc.start()
    _, failures = walked(Pack(write_pack(tmp_path, objects), 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert failures == {1: TOO_LARGE, 2: TOO_LARGE}
    assert peak < 8 << 20


@pytest.mark.parametrize("budget", [150, 1 << 30])
def test_a_chain_of_5000(tmp_path: Path, budget: int) -> None:
    contents = [b"%d\n" % number * 20 for number in range(5000)]
    pack = Pack(write_pack(tmp_path, chain(contents, list(range(-1, 4999)))), 20)
    steps, failures = walked(pack, WHOLE._replace(budget=budget))
    assert failures == {}
    assert [steps[number].content for number in range(5000)] == contents


def test_the_budget_is_kept(tmp_path: Path) -> None:
    """Every object but the last has two deltas, so that contents on the way to the tenth level are wanted again."""
    size = 100_000
    objects = [blob(random.Random(6).randbytes(size))]
    for number in range(1, 1023):
        change = delta(size, size, copy(0, 0x10000), copy(0x10000, size - 0x10000 - 9), insert(b"%9d" % number))
        objects.append(Stored(number.to_bytes(20, "big"), OFFSET_DELTA, change, (number - 1) // 2))
    pack = Pack(write_pack(tmp_path, objects), 20)
    chunk = cut_chunks(0, pack, grow_forest(pack), BLOB, 1 << 30)[0]
    peaks = []
    for budget in (1 << 30, 2 * size):
        tracemalloc.start()
        sizes = [batch.sizes.tolist() for batch in walk(pack, chunk, WIDE._replace(budget=budget, slab=1), [])]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sum(sizes, []) == [size] * 1023  # noqa: RUF017 - few
    assert peaks[0] > 9 * size
    assert peaks[1] < 8 * size < peaks[0]


def test_chunks_hold_whole_families_each_object_once(tmp_path: Path) -> None:
    rng = random.Random(7)
    contents = [b"%d" % number for number in range(300)]
    bases = [rng.choice((-1, rng.randrange(number) if number else -1)) for number in range(300)]
    pack = Pack(write_pack(tmp_path, chain(contents, bases)), 20)
    forest = grow_forest(pack)
    for weight in (1, 1000, 20_000, 1 << 30):
        chunks = cut_chunks(0, pack, forest, BLOB, weight)
        assert sorted(np.concatenate([chunk.numbers for chunk in chunks]).tolist()) == list(range(300))
        assert all(chunk.depths[0] == 0 for chunk in chunks)
    assert len(chunks) == 1
    assert cut_chunks(0, pack, forest, 1, 1000) == []


@pytest.mark.parametrize("budget", [0, 5000, 1 << 30])
@pytest.mark.parametrize("with_windows", [True, False])
def test_every_object_of_a_repository(git_repo: Repo, budget: int, with_windows: bool) -> None:
    for version in range(8):
        lines = [f"line {number} {number * version % 7}" for number in range(100)]
        git_repo.commit({"long.txt": "\n".join(lines), f"dir/{version % 3}/{version}": str(version)})
    git_repo.repack()
    pack = Pack(next((git_repo.git_dir / "objects" / "pack").glob("*.pack")), 20)
    steps, failures = walked(pack, Limits(100, 1 << 20, budget, 20, with_windows), weight=1500)
    assert failures == {}
    assert steps.keys() == set(range(len(pack)))
    for number, step in steps.items():
        name = pack.name(number)
        kind = git_repo.git("cat-file", "-t", name)
        assert str(step.size) == git_repo.git("cat-file", "-s", name)
        if step.content is not None:
            assert git_repo.git("hash-object", "-t", kind, "--stdin", stdin=step.content) == name
        assert with_windows or step.content is not None

"""Packs: what git wrote is read as git reads it, and what is wrong is found before it does harm."""

from __future__ import annotations

import pickle
import random
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keyguard.errors import ObjectError
from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.pack import KIND_NAMES, LOST, WHOLE, Pack
from keyguard.odb.reader import Reader
from tests.odb.crafting import BLOB, NAME_DELTA, OFFSET_DELTA, Stored, blob, copy, delta, index, name_of, write_pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo

BASE = blob(b"one\ntwo\n")
CHILD = b"two\none\n"
SWAP = delta(8, 8, copy(4, 4), copy(0, 4))


def family(kind: int = OFFSET_DELTA) -> list[Stored]:
    return [BASE, Stored(name_of(BLOB, CHILD), kind, SWAP, base=0)]


def reasons(pack: Pack, limit: int = 1 << 20) -> list[str]:
    """Why each object cannot be read, by number; empty where it can."""
    found = pack.payloads(np.arange(len(pack)), limit)
    return [str(found.wrong.get(place, "")) for place in range(len(pack))]


# What is wrong with the files.


@pytest.mark.parametrize("length", [0, 1, 4, 8, 11, 12, 31])
def test_hardly_anything(tmp_path: Path, length: int) -> None:
    path = write_pack(tmp_path, family())
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ObjectError, match=r"pack-crafted\.pack"):
        Pack(path, 20)


@pytest.mark.parametrize("head", [b"PACX", b"PACK\0\0\0\1", b"PACK\0\0\0\4"])
def test_not_a_pack(tmp_path: Path, head: bytes) -> None:
    path = write_pack(tmp_path, family())
    path.write_bytes(head + path.read_bytes()[len(head) :])
    with pytest.raises(ObjectError, match="not a pack"):
        Pack(path, 20)


def test_no_index_and_no_pack(tmp_path: Path) -> None:
    path = write_pack(tmp_path, family())
    data = path.read_bytes()
    path.unlink()
    with pytest.raises(ObjectError, match=r"pack-crafted\.pack: No such file"):
        Pack(path, 20)
    path.write_bytes(data)
    path.with_suffix(".idx").unlink()
    with pytest.raises(ObjectError, match=r"pack-crafted\.idx: No such file"):
        Pack(path, 20)


def test_cut_anywhere_nothing_is_made_up(tmp_path: Path) -> None:
    path = write_pack(tmp_path, [*family(), blob(random.Random(1).randbytes(300))])
    whole = path.read_bytes()
    for length in range(32, len(whole)):
        path.write_bytes(whole[:length])
        pack = Pack(path, 20)
        assert pack.damage
        reader = Reader(pack, 1 << 20)
        for number in range(3):
            try:
                content = reader.read(number)
            except ValueError:
                continue
            assert name_of(BLOB, content).hex() == pack.name(number)


def test_flipped_bits_are_found(tmp_path: Path) -> None:
    path = write_pack(tmp_path, family())
    whole = path.read_bytes()
    for place in range(12, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        pack = Pack(path, 20)
        in_object = place < len(whole) - 20
        assert any(reasons(pack)) == in_object
        assert bool(pack.damage) == (not in_object)


def test_what_the_files_say_of_each_other(tmp_path: Path) -> None:
    path = write_pack(tmp_path, family())
    data = path.read_bytes()
    path.write_bytes(data[:11] + b"\3" + data[12:])
    assert Pack(path, 20).damage == ["the pack and its index disagree on how many objects there are"]
    path.write_bytes(data[:-1] + b"?")
    assert Pack(path, 20).damage == ["the pack does not end with the checksum that its index has for it"]
    path.write_bytes(data)
    path.with_suffix(".idx").write_bytes(path.with_suffix(".idx").read_bytes()[:-1] + b"?")
    assert Pack(path, 20).damage == ["the pack index does not match its own checksum"]


@pytest.mark.parametrize("offset", [0, 11, 5000, 1 << 31, 1 << 40, (1 << 63) - 1, (1 << 64) - 1])
def test_offsets_outside(tmp_path: Path, offset: int) -> None:
    path = write_pack(tmp_path, family())
    rows = [(BASE.name, 12, zlib.crc32(path.read_bytes()[12:-20])), (b"x" * 20, offset, 0)]
    path.with_suffix(".idx").write_bytes(index(rows, path.read_bytes()[-20:]))
    pack = Pack(path, 20)
    found = dict(zip([pack.name(number) for number in range(2)], reasons(pack)))
    assert "broken" in found["78" * 20]


def test_two_objects_at_one_place(tmp_path: Path) -> None:
    path = write_pack(tmp_path, family())
    rows = [(name, 12, 0) for name in (b"x" * 20, b"y" * 20)]
    path.with_suffix(".idx").write_bytes(index(rows, path.read_bytes()[-20:]))
    assert all(reasons(Pack(path, 20)))


def test_an_index_out_of_order_still_finds(tmp_path: Path) -> None:
    path = write_pack(tmp_path, [blob(b"%d" % number) for number in range(50)])
    data = bytearray(path.with_suffix(".idx").read_bytes())
    at = 8 + 1024
    rows = [data[at + 20 * row : at + 20 * row + 20] for row in range(50)]
    data[at : at + 1000] = b"".join(reversed(rows))
    path.with_suffix(".idx").write_bytes(data)
    pack = Pack(path, 20)
    assert pack.damage
    assert all(pack.number_of(bytes(row).hex()) >= 0 for row in rows)


# What is wrong with objects.


@pytest.mark.parametrize("kind", [0, 5])
def test_kinds_that_git_does_not_have(tmp_path: Path, kind: int) -> None:
    pack = Pack(write_pack(tmp_path, [BASE, Stored(b"x" * 20, kind, b"abc")]), 20)
    assert sorted(pack.bases.tolist()) == [LOST, WHOLE]


def test_bases_that_are_not_there(tmp_path: Path) -> None:
    path = write_pack(tmp_path, [blob(b"a"), BASE, Stored(b"x" * 20, NAME_DELTA, SWAP, base=0)])
    data = path.read_bytes().replace(blob(b"a").name, b"n" * 20)
    path.write_bytes(data)
    assert LOST in Pack(path, 20).bases.tolist()


def test_a_name_that_begins_like_the_base_is_not_the_base(tmp_path: Path) -> None:
    """Eight equal bytes can be made on purpose."""
    twin = Stored(BASE.name[:8] + b"x" * 12, BLOB, b"something else")
    objects = [BASE, twin, Stored(b"x" * 20, NAME_DELTA, SWAP, base=0), Stored(b"y" * 20, NAME_DELTA, SWAP, base=1)]
    pack = Pack(write_pack(tmp_path, objects), 20)
    bases = {pack.name(number): base for number, base in enumerate(pack.bases.tolist())}
    assert all(base < 0 or pack.names[base].tobytes() in (BASE.name, twin.name) for base in bases.values())
    for number in range(4):
        base = int(pack.bases[number])
        assert base < 0 or pack.name(number) == ("78" if pack.names[base].tobytes() == BASE.name else "79") * 20
    assert pack.number_of("00" * 20) == -1


@pytest.mark.parametrize("kind", [NAME_DELTA, OFFSET_DELTA])
def test_a_delta_of_itself(tmp_path: Path, kind: int) -> None:
    pack = Pack(write_pack(tmp_path, [Stored(b"x" * 20, kind, SWAP, base=0)]), 20)
    with pytest.raises(ValueError, match=r"missing|never ends|broken"):
        Reader(pack, 1 << 20).read(0)


@pytest.mark.parametrize("size", [0, 7, 9, 1 << 20, 1 << 31, 1 << 59, 1 << 60, (1 << 64) - 1])
def test_sizes_that_are_lies(tmp_path: Path, size: int) -> None:
    pack = Pack(write_pack(tmp_path, [BASE._replace(size=size)]), 20)
    assert reasons(pack) != [""]
    with pytest.raises(ValueError, match=r"size|broken"):
        Reader(pack, 1 << 20).read(0)


def test_too_large_is_told_apart(tmp_path: Path) -> None:
    """Of these git can give pieces."""
    pack = Pack(write_pack(tmp_path, [blob(b"x" * 1001), blob(b"y" * 1000)]), 20)
    assert reasons(pack, 1000) == [TOO_LARGE, ""]


def test_bombs_do_not_go_off(tmp_path: Path) -> None:
    packed = zlib.compress(bytes(60 << 20), 9)
    tracemalloc.start()
    pack = Pack(write_pack(tmp_path, [Stored(b"x" * 20, BLOB, b"", size=10, packed=packed)]), 20)
    assert "another size" in reasons(pack)[0]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 150 << 20


# What is right.


def test_no_objects(tmp_path: Path) -> None:
    pack = Pack(write_pack(tmp_path, []), 20)
    assert len(pack) == 0
    assert pack.damage == []
    assert pack.number_of("00" * 20) == -1
    assert pack.among([]) == []


@pytest.mark.parametrize("kind", [NAME_DELTA, OFFSET_DELTA])
def test_a_delta_and_its_base(tmp_path: Path, kind: int) -> None:
    pack = Pack(write_pack(tmp_path, family(kind)), 20)
    assert pack.damage == []
    assert pack.bases.tolist() == [WHOLE, 0]
    reader = Reader(pack, 1 << 20)
    assert [reader.read(number) for number in (1, 0)] == [CHILD, BASE.payload]
    assert pack.among(["00" * 20, BASE.name.hex()]) == [BASE.name.hex()]


@pytest.mark.parametrize("form", [(), ("-c", "pack.indexVersion=1"), ("-c", "repack.useDeltaBaseOffset=false")])
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_every_object_as_git_reads_it(new_repo: Callable[..., Repo], form: tuple[str, ...], object_format: str) -> None:
    repo = new_repo("repo", object_format=object_format)
    for version in range(6):
        lines = [f"line {number} {number * version % 7}" for number in range(200)]
        repo.commit({"long.txt": "\n".join(lines), f"dir/{version}": str(version)}, f"version {version}")
    repo.tag("v1", "a tag")
    repo.git(*form, "repack", "-adfq", "--depth=50")
    pack = Pack(next((repo.git_dir / "objects" / "pack").glob("*.pack")), 20 if object_format == "sha1" else 32)
    assert pack.damage == []
    assert (pack.bases >= 0).any()
    reader = Reader(pack, 1 << 20, budget=5000)
    for number in random.Random(5).sample(range(len(pack)), len(pack)):
        content = reader.read(number)
        if pack.bases[number] == WHOLE:
            assert repo.git("cat-file", "-t", pack.name(number)) == KIND_NAMES[int(pack.kinds[number])]
        kind = repo.git("cat-file", "-t", pack.name(number))
        assert repo.git("hash-object", "-t", kind, "--stdin", stdin=content) == pack.name(number)


def test_it_can_be_handed_to_a_process_that_is_not_forked(tmp_path: Path) -> None:
    pack = Pack(write_pack(tmp_path, family()), 20)
    again = pickle.loads(pickle.dumps(pack))  # noqa: S301 - it is our own
    assert [again.name(number) for number in range(2)] == [pack.name(number) for number in range(2)]
    assert Reader(again, 1 << 20).read(1) == CHILD

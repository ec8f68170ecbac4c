"""Pack indexes: both versions are read, and one that is damaged is refused or told of, never believed."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import ObjectError
from keyguard.odb.index import Index, read_index
from tests.odb.crafting import index, index1

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo

RNG = random.Random(4)
ROWS = sorted((RNG.randbytes(20), offset, RNG.getrandbits(32)) for offset in (12, 500, 70, (1 << 31) + 5, 1 << 40, 90))
END = b"p" * 20


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], Index]:
    def write_and_read(data: bytes, hash_size: int = 20) -> Index:
        path = tmp_path / "pack-x.idx"
        path.write_bytes(data)
        return read_index(path, hash_size)

    return write_and_read


@pytest.mark.parametrize("length", range(0, 1500, 37))
def test_cut_short(read: Callable[[bytes], Index], length: int) -> None:
    for whole in (index(ROWS, END), index1([(name, 12) for name, _, _ in ROWS], END)):
        with pytest.raises(ObjectError, match=r"pack-x\.idx: the pack index is broken"):
            read(whole[: min(length, len(whole) - 41)])


@pytest.mark.parametrize("length", range(12))
def test_hardly_anything(read: Callable[[bytes], Index], length: int) -> None:
    with pytest.raises(ObjectError, match="the pack index is broken"):
        read(index(ROWS, END)[:length])


def test_with_a_byte_too_many_it_is_not_sound(read: Callable[[bytes], Index]) -> None:
    assert not read(index(ROWS, END) + b"?").sound


@pytest.mark.parametrize("magic", [b"\xfftOd", b"PACK", b"\xff\xff\xff\xff"])
def test_another_magic_is_no_version_1_either(read: Callable[[bytes], Index], magic: bytes) -> None:
    with pytest.raises(ObjectError, match="fan-out table is not in order"):
        read(magic + index(ROWS, END)[4:])


@pytest.mark.parametrize("version", [0, 1, 3, 1 << 31])
def test_another_version(read: Callable[[bytes], Index], version: int) -> None:
    with pytest.raises(ObjectError, match="version is unknown"):
        read(index(ROWS, END)[:4] + version.to_bytes(4, "big") + index(ROWS, END)[8:])


def test_a_fan_out_table_that_falls(read: Callable[[bytes], Index]) -> None:
    data = bytearray(index(ROWS, END))
    data[8 + 4 * 3] = 9
    with pytest.raises(ObjectError, match="fan-out table is not in order"):
        read(bytes(data))


@pytest.mark.parametrize("count", [1 << 20, (1 << 32) - 1])
def test_more_objects_than_it_can_hold(read: Callable[[bytes], Index], count: int) -> None:
    data = bytearray(index(ROWS, END))
    data[8 + 4 * 255 : 8 + 4 * 256] = count.to_bytes(4, "big")
    with pytest.raises(ObjectError, match="cut short"):
        read(bytes(data))


def test_a_large_offset_that_is_not_there(read: Callable[[bytes], Index]) -> None:
    data = bytearray(index(ROWS, END))
    at = 8 + 1024 + 6 * 24
    data[at : at + 4] = (0xFFFFFFFF).to_bytes(4, "big")
    with pytest.raises(ObjectError, match="large offsets is cut short"):
        read(bytes(data))


def test_no_file_and_no_index(tmp_path: Path) -> None:
    with pytest.raises(ObjectError, match=r"gone\.idx: No such file"):
        read_index(tmp_path / "gone.idx", 20)
    with pytest.raises(ObjectError):
        read_index(tmp_path, 20)


def test_every_flipped_bit_is_refused_or_told(read: Callable[[bytes], Index]) -> None:
    whole = index(ROWS, END)
    for _ in range(300):
        data = bytearray(whole)
        data[RNG.randrange(len(data))] ^= 1 << RNG.randrange(8)
        try:
            assert not read(bytes(data)).sound
        except ObjectError:
            continue


def test_version_2(read: Callable[[bytes], Index]) -> None:
    found = read(index(ROWS, END))
    assert found.crcs is not None
    assert list(zip(map(bytes, found.names), found.offsets.tolist(), found.crcs.tolist())) == ROWS
    assert found.sound
    assert found.pack_checksum == END


def test_version_1(read: Callable[[bytes], Index]) -> None:
    rows = [(name, offset) for name, offset, _ in ROWS if offset < 1 << 32]
    found = read(index1(rows, END))
    assert found.crcs is None
    assert list(zip(map(bytes, found.names), found.offsets.tolist())) == rows
    assert found.sound


def test_no_objects(read: Callable[[bytes], Index]) -> None:
    for found in (read(index([], END)), read(index1([], END))):
        assert found.sound
        assert len(found.names) == len(found.offsets) == 0


@pytest.mark.parametrize("version", ["1", "2"])
def test_indexes_that_git_writes(git_repo: Repo, version: str) -> None:
    git_repo.commit({"a": "1", "b": "2"})
    git_repo.git("-c", f"pack.indexVersion={version}", "repack", "-adq")
    path = next((git_repo.git_dir / "objects" / "pack").glob("*.idx"))
    found = read_index(path, 20)
    shown = git_repo.git("show-index", stdin=path.read_bytes()).splitlines()
    assert sorted((name.tobytes().hex(), str(at)) for name, at in zip(found.names, found.offsets)) == sorted(
        (line.split()[1], line.split()[0]) for line in shown
    )
    assert found.sound


def test_sha256(new_repo: Callable[..., Repo]) -> None:
    repo = new_repo("long", object_format="sha256")
    repo.commit({"a": "1"})
    repo.repack()
    path = next((repo.git_dir / "objects" / "pack").glob("*.idx"))
    found = read_index(path, 32)
    assert found.names.shape[1] == 32
    assert found.sound
    assert found.pack_checksum == hashlib.sha256(path.with_suffix(".pack").read_bytes()[:-32]).digest()

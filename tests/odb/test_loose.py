"""Loose objects: one bad file is one object less, and says so."""

from __future__ import annotations

import sys
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest

from keyguard.odb.loose import LooseObject, list_loose, read_loose
from tests.repositories import Repo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.model import Skip


@pytest.fixture
def store(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(packed: bytes) -> Path:
        path = tmp_path / "loose"
        path.write_bytes(packed)
        return path

    return write


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"blob", b"blob 3", b"blob 3abc", b"blub 3\0abc", b"blob -3\0abc", b"blob \0", b"3\0abc", b"\0",
        "blob ٣\0abc".encode(), b"blob 3 \0abc", b"blob " + b"0" * 70 + b"3\0abc", b"blob 4\0abc", b"blob 2\0abc",
        b"ofs-delta 3\0abc",
    ],
)  # fmt: skip
def test_objects_that_are_none(store: Callable[[bytes], Path], raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\bits?\b"):
        read_loose(store(zlib.compress(raw)), 1 << 20)


@pytest.mark.parametrize(
    "packed", [b"", b"x", b"blob 3\0abc", zlib.compress(b"blob 3\0abc")[:-1], b"\x78\x9c" + b"\0" * 99]
)
def test_files_that_are_not_zlib(store: Callable[[bytes], Path], packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"\bits?\b"):
        read_loose(store(packed), 1 << 20)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        read_loose(tmp_path / "gone", 1)


def test_flipped_bits(store: Callable[[bytes], Path]) -> None:
    whole = zlib.compress(b"blob 26\0abcdefghijklmnopqrstuvwxyz")
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            found = read_loose(store(bytes(flipped)), 99)
        except ValueError:
            continue
        assert found == LooseObject("blob", 26, b"abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("size", [11, 1 << 31, 1 << 60, 10**50])
def test_what_is_too_large_is_not_inflated(store: Callable[[bytes], Path], size: int) -> None:
    assert read_loose(store(zlib.compress(b"blob %d\0abc" % size)), 10) == LooseObject("blob", size, None)


def test_bombs_do_not_go_off(store: Callable[[bytes], Path]) -> None:
    deflater = zlib.compressobj(9)
    parts = [
        deflater.compress(b"blob 100\0"),
        *(deflater.compress(bytes(1 << 20)) for _ in range(100)),
        deflater.flush(),
    ]
    path = store(b"".join(parts))
    tracemalloc.start()
    with pytest.raises(ValueError, match="another size"):
        read_loose(path, 1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_folder_full_of_other_things(tmp_path: Path) -> None:
    broken: list[Skip] = []
    for name in (
        "aa/" + "0" * 38,
        "ab/" + "1" * 62,
        "ab/tmp_obj_x",
        "ab/" + "g" * 38,
        "AB/" + "2" * 38,
        "abc/" + "3" * 38,
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "ff").write_bytes(b"no folder")
    assert [name for name, _ in list_loose(tmp_path, 20, broken)] == ["aa" + "0" * 38]
    assert [name for name, _ in list_loose(tmp_path, 32, broken)] == ["ab" + "1" * 62]
    assert list_loose(tmp_path / "gone", 20, broken) == []
    assert broken == []


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    broken: list[Skip] = []
    (tmp_path / "aa").symlink_to("aa")
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / ("0" * 38)).write_bytes(b"")
    assert [name for name, _ in list_loose(tmp_path, 20, broken)] == ["ab" + "0" * 38]
    assert [skip.what for skip in broken] == [str(tmp_path / "aa")]


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_everything_that_git_writes(tmp_path: Path, object_format: str) -> None:
    repo = Repo(tmp_path / "repo", object_format=object_format)
    repo.commit({"a": "1", "b/c": b"\0" * 100_000}, "message")
    repo.tag("v1", "tag")
    broken: list[Skip] = []
    found = dict(list_loose(repo.git_dir / "objects", 20 if object_format == "sha1" else 32, broken))
    assert sorted(found) == sorted(repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split())
    for name, path in found.items():
        kind, size, content = read_loose(path, 1 << 20)
        assert kind == repo.git("cat-file", "-t", name)
        assert content is not None
        assert len(content) == size
        assert repo.git("hash-object", "-t", kind, "--stdin", stdin=content) == name

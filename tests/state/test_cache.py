from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from keyguard.state.cache import cache_folder, read_made, read_private, write_made, write_private

posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are a matter of POSIX")


@pytest.mark.parametrize("name", ["nothing", "folder", "file/below"])
def test_what_cannot_be_read_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    assert read_private(tmp_path / name) is None


@pytest.mark.parametrize("name", ["folder", "file/below"])
def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"x")
    assert not write_private(tmp_path / name, b"data")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("data", [b"", b"data\r\n\x1a\0", b"x" * 100_000])
def test_what_is_written_is_read(tmp_path: Path, data: bytes) -> None:
    place = tmp_path / "a" / "b" / "file"
    for content in (b"before", data):
        assert write_private(place, content)
        assert read_private(place) == content
    assert [path.name for path in place.parent.iterdir()] == ["file"]


def test_a_folder_that_is_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("file", os.path.join("a", "b", "file")):
        assert write_private(name, b"data")
        assert read_private(name) == b"data"


@pytest.mark.parametrize(("key", "found"), [(b"key", b"made"), (b"other", None), (b"ke", None), (b"", None)])
def test_what_was_made_is_read_with_its_key_alone(tmp_path: Path, key: bytes, found: bytes | None) -> None:
    assert write_made(tmp_path / "file", b"key", b"made")
    assert read_made(tmp_path / "file", key) == found


@pytest.mark.parametrize("damage", [b"", b"key", b"key0000", b"key0000made"])
def test_what_is_damaged_is_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "file").write_bytes(damage)
    assert read_made(tmp_path / "file", b"key") is None


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read(tmp_path: Path, umask: int) -> None:
    place = tmp_path / "folder" / "file"
    before = os.umask(umask)
    try:
        assert write_private(place, b"data")
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


@posix
def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"kept")
    (tmp_path / "file").symlink_to(tmp_path / "target")
    assert write_private(tmp_path / "file", b"data")
    assert (tmp_path / "target").read_bytes() == b"kept"
    assert not (tmp_path / "file").is_symlink()


def test_a_writer_that_died_is_in_nobodys_way_for_long(tmp_path: Path) -> None:
    (tmp_path / f".file.{os.getpid()}").write_bytes(b"half")
    assert any(write_private(tmp_path / "file", b"data") for _ in range(2))
    assert read_private(tmp_path / "file") == b"data"


def test_the_folder_is_the_users(cage: Path) -> None:
    assert Path(cache_folder()).is_relative_to(cage)

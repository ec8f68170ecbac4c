"""Reading files, and files that are not what they were."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from keyguard.errors import ObjectError
from keyguard.sources.files import load_file, open_pieces


def test_vanished(tmp_path: Path) -> None:
    gone = os.fsencode(tmp_path / "gone")
    with pytest.raises(ObjectError, match="vanished"):
        load_file(gone, 100)
    with pytest.raises(ObjectError, match="vanished"):
        list(open_pieces(gone, 100, 10))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ObjectError, match=r"folder|denied|directory"):
        load_file(os.fsencode(tmp_path), 100)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ObjectError, match="not a regular file"):
        load_file(os.fsencode(tmp_path / "pipe"), 100)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs someone whom permissions bind")
def test_no_permission(tmp_path: Path) -> None:
    (tmp_path / "shut").write_bytes(b"x")
    (tmp_path / "shut").chmod(0)
    with pytest.raises(ObjectError, match="Permission denied"):
        load_file(os.fsencode(tmp_path / "shut"), 100)


def test_errors_do_not_repeat_the_path(tmp_path: Path) -> None:
    with pytest.raises(ObjectError) as caught:
        load_file(os.fsencode(tmp_path / "gone"), 100)
    assert "gone" not in str(caught.value)


@pytest.mark.parametrize("size", [0, 1, 99, 100])
def test_whole_up_to_the_limit(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"\r\n\x1a" * 34)
    content = (b"\r\n\x1a" * 34)[:size]
    (tmp_path / "a").write_bytes(content)
    assert load_file(os.fsencode(tmp_path / "a"), 100) == content


def test_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(range(250)))
    assert load_file(os.fsencode(path), 249) is None
    pieces = list(open_pieces(os.fsencode(path), 100, 20))
    assert pieces == [(start, bytes(range(start, min(start + 100, 250)))) for start in (0, 80, 160)]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs a file that is longer than it says")
def test_files_that_are_longer_than_they_say() -> None:
    content = load_file(b"/proc/self/status", 1 << 20)
    assert content is not None
    assert content.startswith(b"Name:")
    assert content.endswith(b"\n")
    assert load_file(b"/proc/self/status", 10) is None

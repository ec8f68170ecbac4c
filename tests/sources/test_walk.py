"""Walking folders without git."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from keyguard.sources.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a").write_bytes(b"x")
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "top" / "file").symlink_to(tmp_path / "outside" / "a")
    (tmp_path / "top" / "loop").symlink_to(tmp_path / "top")
    (tmp_path / "top" / "broken").symlink_to("nowhere")
    assert walk(os.fsencode(tmp_path / "top"), stop_at_repositories=False) == ([], [], [], [], [])


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    found = walk(os.fsencode(tmp_path / "gone"), stop_at_repositories=False)
    assert [path for path, _ in found.unreadable] == [b"."]


def test_git_folders_are_named(git_repo: Repo, new_repo: Callable[..., Repo], tmp_path: Path) -> None:
    new_repo("bare.git", bare=True)
    git_repo.commit({"src/a": "1"})
    found = walk(os.fsencode(tmp_path), stop_at_repositories=False)
    assert sorted(found.git_folders) == [b"bare.git", b"repo/.git"]
    assert found.files == [b"repo/src/a"]
    found = walk(os.fsencode(tmp_path), stop_at_repositories=True)
    assert found.repositories == [b"repo"]
    assert found.files == []


def test_deep_folders(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "a").write_bytes(b"x")
    assert walk(os.fsencode(tmp_path), stop_at_repositories=True).files == [b"d/" * 60 + b"a"]

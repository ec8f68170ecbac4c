from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import GitError
from keyguard.git.remotes import remote_refs_with
from tests.repositories import Repo


def test_refuses_what_is_no_commit(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "here")
    repo.commit({"a": "1"})
    assert remote_refs_with(tmp_path / "here", "--help") == ()
    with pytest.raises(GitError):
        remote_refs_with(tmp_path / "here", "b" * 40)


def test_names_every_remote_ref_that_reaches_it(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "here")
    first = repo.commit({"a": "1"})
    repo.git("update-ref", "refs/remotes/origin/main", first)
    repo.git("update-ref", "refs/remotes/fork/topic", first)
    second = repo.commit({"a": "2"})
    assert remote_refs_with(tmp_path / "here", first) == ("fork/topic", "origin/main")
    assert remote_refs_with(tmp_path / "here", second) == ()

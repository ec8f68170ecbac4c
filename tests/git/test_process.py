"""Running git: errors are told, the scanned repository's configuration and a hook's environment do nothing."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.process import failure, run, stream

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def test_failure_carries_gits_last_words(git_repo: Repo) -> None:
    with pytest.raises(GitError, match="git: bad revision 'nothing'"):
        run(["rev-list", "nothing", "--"], cwd=git_repo.path)


def test_outside_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError) as caught:
        run(["rev-parse", "--git-dir"], cwd=tmp_path)
    assert caught.value.hint == "Name a folder inside a git repository."


def test_dubious_ownership_names_the_way_out() -> None:
    said = b"fatal: detected dubious ownership in repository at '/srv/it's'\nTo add an exception...\n\n\tgit config\n"
    error = failure(said, 128)
    assert "dubious ownership" in str(error)
    assert "git config --global --add safe.directory" in error.hint
    assert "/srv/it's" in error.hint


def test_missing_git(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not found on the PATH"):
        run(["version"], env={"PATH": str(tmp_path)})


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="no such folder"):
        run(["version"], cwd=tmp_path / "gone")


def test_a_hooks_environment_is_dropped(git_repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert run(["rev-parse", "--git-dir"], cwd=git_repo.path).stdout == b".git\n"


def test_given_environment_is_kept(git_repo: Repo, tmp_path: Path) -> None:
    env = {**os.environ, "GIT_INDEX_FILE": str(tmp_path / "index")}
    git_repo.commit({"a": "1"})
    assert run(["ls-files"], cwd=git_repo.path, env=env).stdout == b""


@pytest.mark.skipif(sys.platform == "win32", reason="the trap is a shell script")
def test_fsmonitor_of_the_repository_is_not_run(git_repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    trap.chmod(0o755)
    git_repo.commit({"a": "1"})
    git_repo.git("config", "core.fsmonitor", str(trap))
    run(["ls-files", "--others", "--cached"], cwd=git_repo.path)
    assert not (tmp_path / "sprung").exists()


def test_stream_to_the_end(git_repo: Repo) -> None:
    ids = [git_repo.commit({"a": str(number)}) for number in range(3)]
    with stream(["rev-list", "--stdin"], cwd=git_repo.path, stdin=b"HEAD\n") as output:
        assert output.read().decode().split() == ids[::-1]


def test_stream_left_early(git_repo: Repo) -> None:
    git_repo.commit({"a": b"x\n" * 500_000})
    with stream(["cat-file", "blob", "HEAD:a"], cwd=git_repo.path) as output:
        assert output.readline() == b"x\n"


def test_stream_failure_shows_at_the_end(git_repo: Repo) -> None:
    with pytest.raises(GitError, match="bad revision"), stream(["rev-list", "no", "--"], cwd=git_repo.path) as output:
        assert output.read() == b""


def test_an_error_inside_a_stream_is_the_error(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    with pytest.raises(KeyError), stream(["rev-list", "HEAD"], cwd=git_repo.path):
        raise KeyError

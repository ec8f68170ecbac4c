from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.program import run_keyguard

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.repositories import Repo


def hook(*words: str, cwd: Path, **variables: str) -> tuple[int, str]:
    done: subprocess.CompletedProcess[bytes] = run_keyguard("hook", *words, cwd=cwd, stdin=b"", **variables)
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("word", ["install", "uninstall", "status"])
def test_outside_of_a_repository(tmp_path: Path, word: str) -> None:
    code, said = hook(word, cwd=tmp_path)
    assert (code, "not a git repository" in said) == (2, True)


def test_an_unknown_hook(git_repo: Repo) -> None:
    assert hook("install", "--hook", "post-commit", cwd=git_repo.path)[0] == 2


def test_both_places_are_taken(git_repo: Repo) -> None:
    hooks = git_repo.git_dir / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-commit", "pre-commit.kept-by-keyguard"):
        (hooks / name).write_text("#!/bin/sh\n", encoding="utf-8")
    code, said = hook("install", cwd=git_repo.path)
    assert (code, "is taken by an older hook" in said) == (2, True)
    assert (hooks / "pre-commit").read_text(encoding="utf-8") == "#!/bin/sh\n"


def test_hooks_that_husky_writes(git_repo: Repo) -> None:
    git_repo.write(".husky/_/h", "#!/bin/sh\n")
    git_repo.git("config", "core.hooksPath", ".husky/_")
    code, said = hook("install", cwd=git_repo.path)
    assert (code, "husky manages these hooks" in said) == (2, True)


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs file permissions")
def test_a_folder_that_cannot_be_written(git_repo: Repo) -> None:
    (git_repo.git_dir / "hooks").mkdir(exist_ok=True)
    (git_repo.git_dir / "hooks").chmod(0o555)
    code, said = hook("install", cwd=git_repo.path)
    assert (code, "Permission denied" in said) == (2, True)


def test_installs_and_uninstalls(git_repo: Repo) -> None:
    hooks = git_repo.git_dir / "hooks"
    before = sorted(path.name for path in hooks.iterdir()) if hooks.exists() else []
    assert hook("status", cwd=git_repo.path)[0] == 1
    for _ in range(2):
        code, said = hook("install", cwd=git_repo.path)
        assert (code, said.count(": installed (")) == (0, 3)
    assert hook("status", cwd=git_repo.path)[0] == 0
    assert all(b"\r" not in (hooks / name).read_bytes() for name in ("pre-commit", "commit-msg", "pre-push"))
    for _ in range(2):
        code, said = hook("uninstall", cwd=git_repo.path)
        assert (code, said.count(": not installed (")) == (0, 3)
    assert sorted(path.name for path in hooks.iterdir()) == before


def test_one_hook(git_repo: Repo) -> None:
    assert hook("install", "--hook", "pre-push", cwd=git_repo.path)[0] == 0
    assert hook("status", cwd=git_repo.path)[0] == 1
    assert hook("status", "--hook", "pre-push", cwd=git_repo.path)[0] == 0


def test_a_hook_of_another_version_is_written_anew(git_repo: Repo) -> None:
    hook("install", cwd=git_repo.path)
    path = git_repo.git_dir / "hooks/pre-commit"
    path.write_bytes(path.read_bytes() + b"# older\n")
    code, said = hook("status", cwd=git_repo.path)
    assert (code, "pre-commit: installed by another version" in said) == (1, True)
    hook("install", cwd=git_repo.path)
    assert hook("status", cwd=git_repo.path)[0] == 0


def test_says_that_keyguard_is_not_on_the_path(git_repo: Repo) -> None:
    places = [place for place in os.get_exec_path() if not os.path.exists(os.path.join(place, "keyguard"))]
    code, said = hook("install", cwd=git_repo.path, PATH=os.pathsep.join(places))
    assert (code, "keyguard is not on the PATH" in said) == (0, True)

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from keyguard.version import VERSION
from tests.program import run_keyguard


@pytest.mark.skipif(sys.platform == "win32", reason="a PATH without git")
def test_says_that_git_is_missing(tmp_path: Path) -> None:
    done = run_keyguard("doctor", cwd=tmp_path, PATH=str(tmp_path))
    assert done.returncode == 3
    assert "!!  git" in done.stdout.decode()


def test_a_cache_that_is_a_file_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run_keyguard("doctor", cwd=tmp_path, KEYGUARD_CACHE=str(tmp_path / "file"))
    assert done.returncode == 0
    assert "every start is slow" in done.stdout.decode()


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_all_is_well(tmp_path: Path) -> None:
    done = run_keyguard("doctor", cwd=tmp_path)
    lines = [line.split(maxsplit=2) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 0
    assert {mark for mark, *_ in lines} == {"ok"}
    assert ["ok", "keyguard", VERSION] in lines
    assert {"python", "git", "rules", "engine", "delta", "cache"} <= {name for _, name, _ in lines}

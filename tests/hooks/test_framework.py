"""The hooks of .pre-commit-hooks.yaml, run by the real pre-commit."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.program import ROOT
from tests.repositories import Repo
from tests.scan.planting import text, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hooks.person import Done, Person

pytest.importorskip("pre_commit", reason="pre-commit is not installed: pip install pre-commit")

MANIFEST = ".pre-commit-hooks.yaml"
STAGES = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")
SETTINGS = """\
repos:
  - repo: {repo}
    rev: v1
    hooks: [{hooks}]
"""
SYSTEM = "{id: keyguard-system}, {id: keyguard-commit-msg-system}, {id: keyguard-pre-push-system}"
# What pip needs of this project to install it.
PARTS = ("keyguard", "rules", "pyproject.toml", "setup.py", "README.md", "LICENSE", MANIFEST)


@pytest.fixture
def framework(person: Person, new_repo: Callable[..., Repo], cage: Path) -> Person:
    """At a repository that has pre-commit installed, with the hooks that use the keyguard on the PATH."""
    hooks = new_repo("hooks")
    hooks.commit({MANIFEST: (ROOT / MANIFEST).read_bytes()})
    hooks.tag("v1")
    person = person._replace(variables={**person.variables, "PRE_COMMIT_HOME": str(cage / "pre-commit")})
    settings = SETTINGS.format(repo=hooks.path, hooks=SYSTEM)
    person.stage(".pre-commit-config.yaml", settings.encode())
    assert pre_commit(person, "install", *(word for stage in STAGES for word in ("--hook-type", stage))).code == 0
    return person


def pre_commit(person: Person, *words: str, **variables: str) -> Done:
    return person.run(sys.executable, "-m", "pre_commit", *words, stdin=b"", **variables)


def test_the_manifest_is_valid(person: Person) -> None:
    assert pre_commit(person, "validate-manifest", str(ROOT / MANIFEST)).code == 0


def test_commits(framework: Person) -> None:
    done = framework.commit()
    assert done.code == 0, done.said
    framework.stage("a.txt", text("leak"))
    done = framework.commit()
    assert done.code == 1
    assert "keyguard stopped this commit: 1 secret in what is staged." in done.said
    assert "a.txt:2:7" in done.said
    assert token("leak").decode() not in done.said
    assert framework.git("rev-list", "--count", "HEAD").said.strip() == "1"
    assert framework.commit(SKIP="keyguard").code == 0
    framework.stage("a.txt", b"clean\n")
    (framework.folder / "a.txt").write_bytes(text("not staged"))
    done = framework.commit()
    assert (done.code, token("not staged") in (framework.folder / "a.txt").read_bytes()) == (0, True)
    message = framework.git("commit", "--allow-empty", "--message", f"use {token('message').decode()}")
    assert (message.code, "1 secret in its message" in message.said) == (1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no symbolic links for everybody")
def test_a_commit_of_a_link_alone(framework: Person) -> None:
    assert framework.commit().code == 0
    (framework.folder / "link").symlink_to(token("in a link").decode())
    framework.git("add", "link")
    assert framework.commit().code == 1


def test_merges(framework: Person) -> None:
    """A merge that needs nobody has a hook of its own; what the other branch has is not new."""
    framework.commit()
    framework.git("checkout", "--quiet", "-b", "side")
    framework.stage("leak.txt", text("theirs"))
    framework.commit("--no-verify")
    framework.git("checkout", "--quiet", "main")
    framework.stage("a.txt", b"ours\n")
    framework.commit()
    done = framework.git("merge", "--message", "merge", "side")
    assert done.code == 0, done.said
    assert framework.git("rev-list", "--count", "HEAD").said.strip() == "4"


def test_pushes(framework: Person, new_repo: Callable[..., Repo]) -> None:
    remote = new_repo("remote.git", bare=True)
    framework.git("remote", "add", "origin", str(remote.path))
    framework.stage("old.txt", text("old"))
    framework.commit("--no-verify")
    done = framework.git("push", "origin", "main")  # all of history, of which pre-commit says nothing
    assert (done.code, "old.txt:2:7" in done.said) == (1, True)
    assert framework.git("push", "--no-verify", "--quiet", "origin", "main").code == 0
    framework.stage("a.txt", text("leak"))
    framework.commit("--no-verify")
    for ref in ("main", "main:refs/heads/side"):
        done = framework.git("push", "origin", ref)
        assert (done.code, "a.txt:2:7" in done.said, "old.txt" in done.said) == (1, True, False), done.said
    framework.git("reset", "--quiet", "--hard", "HEAD~1")
    framework.commit("--allow-empty")
    done = framework.git("push", "origin", "main")
    assert done.code == 0, done.said


def test_continuous_integration(framework: Person) -> None:
    """With nothing staged, all files; with --from-ref and --to-ref, the commits between."""
    framework.commit()
    framework.stage("a.txt", text("leak"))
    framework.commit("--no-verify")
    framework.stage("b.txt", b"clean\n")
    framework.commit()
    done = pre_commit(framework, "run", "--all-files")
    assert (done.code, "a.txt:2:7" in done.said) == (1, True)
    for before, code in (("HEAD~1", 0), ("HEAD~2", 1)):
        assert pre_commit(framework, "run", "--from-ref", before, "--to-ref", "HEAD").code == code
    framework.git("rm", "--quiet", "a.txt")
    assert framework.commit().code == 0
    assert pre_commit(framework, "run", "--all-files").code == 0
    assert pre_commit(framework, "run", "--all-files", "--hook-stage", "pre-push").code == 1


def test_autoupdate(framework: Person) -> None:
    hooks = Repo(framework.folder.parent / "hooks")
    hooks.commit()
    hooks.tag("v2")
    done = pre_commit(framework, "autoupdate")
    assert (done.code, "v1 -> v2" in done.said) == (0, True)
    assert "rev: v2" in (framework.folder / ".pre-commit-config.yaml").read_text(encoding="utf-8")


def test_pre_commit_installs_this_project(person: Person, new_repo: Callable[..., Repo], cage: Path) -> None:
    """`try-repo` makes an environment with pip, as for everybody who names this repository in their settings."""
    if not _pip_has_an_index(cage):
        pytest.skip("pip can download nothing here")
    project = new_repo("project")
    for part in PARTS:
        if (ROOT / part).is_dir():
            unwanted = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
            shutil.copytree(ROOT / part, project.path / part, ignore=unwanted)
        else:
            shutil.copy(ROOT / part, project.path / part)
    project.git("add", "--force", "--all")
    project.commit()
    person.stage("a.txt", text("leak"))
    variables = {name: value for name, value in person.variables.items() if name != "PYTHONPATH"}
    person = person._replace(variables={**variables, "PRE_COMMIT_HOME": str(cage / "pre-commit")})
    (person.folder.parent / "programs" / "keyguard").unlink()
    done = pre_commit(person, "try-repo", str(project.path), "keyguard", "--verbose")
    assert (done.code, "a.txt:2:7" in done.said) == (1, True), done.said


def _pip_has_an_index(folder: Path) -> bool:
    """Whether pip finds a small package that keyguard needs anyway."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries=0", "--timeout=5", "click"]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False).returncode == 0

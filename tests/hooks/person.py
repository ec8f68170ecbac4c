"""A person at a repository: real git, real hooks, and the keyguard under test on the PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.program import environment

if TYPE_CHECKING:
    from tests.repositories import Repo

LAUNCHER = """#!/bin/sh
exec "{python}" -m keyguard "$@"
"""


class Done(NamedTuple):
    """What a command said, on both streams together, and its exit code."""

    code: int
    said: str


class Person(NamedTuple):
    """Works in a folder, with these environment variables."""

    folder: Path
    variables: dict[str, str]

    def run(self, *words: str | bytes | Path, stdin: bytes = b"", **variables: str) -> Done:
        done = subprocess.run(
            list(words),
            cwd=self.folder,
            input=stdin,
            env={**self.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode("utf-8", "replace"))

    def git(self, *words: str | bytes | Path, stdin: bytes = b"", **variables: str) -> Done:
        return self.run("git", "-c", "protocol.file.allow=always", *words, stdin=stdin, **variables)

    def stage(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        assert self.git("add", "--", name).code == 0

    def commit(self, *words: str, **variables: str) -> Done:
        return self.git("commit", "--message", "change", *words, stdin=b"", **variables)


def person_at(repo: Repo, programs: Path, *, installed: bool = True) -> Person:
    """`programs`: an empty folder for the launcher, which is left out where keyguard is not `installed`."""
    programs.mkdir(exist_ok=True)
    if installed:
        launcher = programs / "keyguard"
        launcher.write_text(LAUNCHER.format(python=sys.executable), encoding="utf-8")
        launcher.chmod(0o755)
    repo.git("config", "user.name", "Ada Author")
    repo.git("config", "user.email", "ada@example.com")
    places = [str(programs), *(place for place in os.get_exec_path() if not Path(place, "keyguard").exists())]
    return Person(repo.path, {**environment(), "PATH": os.pathsep.join(places)})

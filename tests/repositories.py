"""Real git repositories for tests: fixed identities, and dates that grow by an hour with each commit."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AUTHOR = "Ada Author"
EMAIL = "ada@example.com"
START = 1_767_225_600  # 2026-01-01T00:00:00Z


class Repo:
    """One repository under test. File names may be bytes; `None` as content deletes the file."""

    def __init__(self, path: Path, *, bare: bool = False, object_format: str = "sha1", branch: str = "main") -> None:
        self.path = path
        self._clock = START
        path.mkdir(parents=True, exist_ok=True)
        options = ["--quiet", f"--initial-branch={branch}", f"--object-format={object_format}"]
        self.git("init", *options, *(["--bare"] if bare else []))

    @property
    def git_dir(self) -> Path:
        inner = self.path / ".git"
        return inner if inner.exists() else self.path

    def git(self, *args: str | bytes | Path, stdin: bytes = b"", date: str = "") -> str:
        """Run git here and give its output without the last newline; a failure shows git's words."""
        done = subprocess.run(
            ["git", "-c", "gc.auto=0", "-c", "protocol.file.allow=always", *args],
            cwd=self.path,
            env={**os.environ, **self._identity(date)},
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"git {args!r}: {os.fsdecode(done.stderr)}")
        return os.fsdecode(done.stdout).rstrip("\n")

    def _identity(self, date: str) -> dict[str, str]:
        when = date or f"{self._clock} +0000"
        people = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _PERSON.items()}
        return {**people, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}

    def write(self, name: str | bytes, content: bytes | str) -> Path:
        """Write one file of the working tree, with its folders."""
        path = self.path / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(
        self, files: Mapping[str, bytes | str | None] | None = None, message: str = "change", *, date: str = ""
    ) -> str:
        """Write (or delete) the files, commit them with all else that is staged, and give the commit's id.

        `date` is anything git reads, such as "2026-02-01T12:00:00+0000".
        """
        for name, content in (files or {}).items():
            if content is None:
                self.git("rm", "--quiet", "--", name)
            else:
                self.write(name, content)
                self.git("add", "--force", "--", name)
        self._clock += 3600
        self.git("commit", "--quiet", "--allow-empty", "--message", message, date=date)
        return self.head()

    def head(self, rev: str = "HEAD") -> str:
        return self.git("rev-parse", rev)

    def blob(self, content: bytes) -> str:
        """Store a blob that nothing reaches, and give its id."""
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Make a branch and switch to it."""
        self.git("checkout", "--quiet", "-B", name, start)

    def switch(self, name: str) -> None:
        self.git("checkout", "--quiet", name)

    def merge(self, name: str, message: str = "merge") -> str:
        """Merge with a merge commit, and give its id."""
        self._clock += 3600
        self.git("merge", "--quiet", "--no-ff", "--message", message, name)
        return self.head()

    def tag(self, name: str, message: str = "", target: str = "HEAD") -> str:
        """Make a tag, annotated where there is a message, and give the id it holds."""
        note = ["--annotate", "--message", message] if message else []
        self.git("tag", *note, name, target)
        return self.head(name)

    def repack(self, *options: str) -> None:
        """Put everything into one pack, with delta chains of up to 50."""
        self.git("repack", "-adfq", "--depth=50", "--window=50", *options)

    def loose(self, oid: str) -> Path:
        """Where a loose object lies."""
        return self.git_dir / "objects" / oid[:2] / oid[2:]


_PERSON = {"NAME": AUTHOR, "EMAIL": EMAIL}

"""Which remotes are known to hold a commit, and where they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyguard.errors import GitError
from keyguard.git.process import run

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/@+-]{1,400}")
_LOGIN = re.compile(r"(?<=://)[^/@]*@")


def remote_refs_with(folder: Path | str, commit: str) -> tuple[str, ...]:
    """The remote-tracking refs (`origin/main`) that a commit is reached from, as of the last fetch or push.

    Raises GitError where the folder is no repository or the commit is not in it.
    """
    if not _NAME.fullmatch(commit):
        return ()
    args = ["for-each-ref", "--format=%(refname:lstrip=2)", "--contains", commit, "refs/remotes"]
    return tuple(run(args, cwd=folder).stdout.decode("utf-8", "replace").splitlines())


def remote_address(folder: Path | str, remote: str) -> str:
    """Where a remote is, without a login; empty where that is not known, or no plain word of a command line."""
    try:
        told = run(["remote", "get-url", "--", remote], cwd=folder).stdout.decode("utf-8", "replace").strip()
    except GitError:
        return ""
    bare = _LOGIN.sub("", told)
    return bare if _ADDRESS.fullmatch(bare) and not bare.startswith("-") else ""

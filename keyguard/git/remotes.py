"""Which remotes are known to hold a commit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyguard.git.process import run

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def remote_refs_with(folder: Path | str, commit: str) -> tuple[str, ...]:
    """The remote-tracking refs (`origin/main`) that a commit is reached from, as of the last fetch or push.

    Raises GitError where the folder is no repository or the commit is not in it.
    """
    if not _NAME.fullmatch(commit):
        return ()
    args = ["for-each-ref", "--format=%(refname:lstrip=2)", "--contains", commit, "refs/remotes"]
    return tuple(run(args, cwd=folder).stdout.decode("utf-8", "replace").splitlines())

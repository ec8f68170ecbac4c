"""The root of a repository's history: what all its clones share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.git.process import run

if TYPE_CHECKING:
    from keyguard.git.repository import Repository


def root_commit(repo: Repository) -> str | None:
    """Id of the oldest commit without parents that HEAD reaches.

    None without commits or where damage ends the walk, and in a shallow clone, where the first commit that is there
    changes with the depth.
    """
    if repo.shallow:
        return None
    command = [f"--git-dir={repo.git_dir}", "rev-list", "--max-parents=0", "--timestamp", "HEAD", "--"]
    answer = run(command, codes=(0, 128))
    if answer.code:
        return None
    lines = (line.split() for line in answer.stdout.decode().splitlines())
    roots = sorted((int(seconds), oid) for seconds, oid in lines)
    return roots[0][1] if roots else None

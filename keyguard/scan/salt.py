"""The key that fingerprints are made with."""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import PathLike

from keyguard.git.repository import Repository
from keyguard.git.salt import root_commit
from keyguard.state.cache import read_private, write_private


def repository_key(repository: Repository | None, cache: str | PathLike[str] | None) -> bytes:
    """The oldest root commit's id, so that a team shares it; without commits a key of this user."""
    root = root_commit(repository) if repository else None
    return root.encode() if root else _user_key(cache)


def history_key(repository: Repository, roots: Sequence[str], cache: str | PathLike[str] | None) -> bytes:
    """The same key, from root commits that are known already, oldest first."""
    return roots[0].encode() if roots and not repository.shallow else _user_key(cache)


def _user_key(cache: str | PathLike[str] | None) -> bytes:
    if cache is None:
        return b"keyguard"
    place = os.path.join(cache, "user.key")
    key = read_private(place)
    if not key:
        key = os.urandom(32)
        if not write_private(place, key):
            return b"keyguard"
        key = read_private(place) or key
    return key

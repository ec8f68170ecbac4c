"""Walks a folder without git's help. Symbolic links are not followed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.git.repository import holds_git, is_git_folder
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

GIT_FOLDER = b".git"
_SIGNS = frozenset((GIT_FOLDER, b"HEAD"))


class Found(NamedTuple):
    """What lies below a folder, as paths relative to it. Unsorted."""

    files: list[bytes]
    special: list[tuple[bytes, int]]  # with the mode: pipes, sockets, devices
    git_folders: list[bytes]
    repositories: list[bytes]
    unreadable: list[tuple[bytes, str]]


def walk(folder: bytes, *, stop_at_repositories: bool) -> Found:
    """List all files below a folder. Git folders are named and not entered.

    With `stop_at_repositories` a working tree with a `.git` of its own is named and not entered either.
    """
    found = Found([], [], [], [], [])
    todo = [b""]
    while todo:
        inner = todo.pop()
        place = os.path.join(folder, inner) if inner else folder
        try:
            with os.scandir(place) as scanned:
                entries = list(scanned)
            # What makes a git folder or a repository is not looked for in every folder.
            if not inner or _SIGNS.isdisjoint([entry.name for entry in entries]):
                _sort_out(entries, inner, found, todo)
            elif is_git_folder(place):
                found.git_folders.append(inner)
            elif stop_at_repositories and holds_git(place):
                found.repositories.append(inner)
            else:
                _sort_out(entries, inner, found, todo)
        except OSError as error:
            found.unreadable.append((inner or b".", error.strerror or "cannot be read"))
    return found


def _sort_out(entries: Sequence[os.DirEntry[bytes]], inner: bytes, found: Found, todo: list[bytes]) -> None:
    prefix = inner + b"/" if inner else b""
    for entry in entries:
        name = entry.name
        if entry.is_file(follow_symlinks=False):
            if name != GIT_FOLDER:  # as a file it points to the folder of a worktree or submodule
                found.files.append(prefix + name)
        elif entry.is_dir(follow_symlinks=False):
            (found.git_folders if name == GIT_FOLDER else todo).append(prefix + name)
        elif not entry.is_symlink():
            found.special.append((prefix + name, entry.stat(follow_symlinks=False).st_mode))

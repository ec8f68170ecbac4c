"""Walks a folder without git's help. Symbolic links are not followed."""

from __future__ import annotations

import os
from typing import NamedTuple

from keyguard.git.repository import holds_git, is_git_folder

GIT_FOLDER = b".git"


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
        try:
            with os.scandir(os.path.join(folder, inner) if inner else folder) as entries:
                for entry in entries:
                    _sort_out(entry, inner, found, todo, stop_at_repositories=stop_at_repositories)
        except OSError as error:
            found.unreadable.append((inner or b".", error.strerror or "cannot be read"))
    return found


def _sort_out(
    entry: os.DirEntry[bytes], inner: bytes, found: Found, todo: list[bytes], *, stop_at_repositories: bool
) -> None:
    path = inner + b"/" + entry.name if inner else entry.name
    if entry.is_file(follow_symlinks=False):
        if entry.name != GIT_FOLDER:  # as a file it points to the folder of a worktree or submodule
            found.files.append(path)
    elif entry.is_dir(follow_symlinks=False):
        if entry.name == GIT_FOLDER or is_git_folder(entry.path):
            found.git_folders.append(path)
        elif stop_at_repositories and holds_git(entry.path):
            found.repositories.append(path)
        else:
            todo.append(path)
    elif not entry.is_symlink():
        found.special.append((path, entry.stat(follow_symlinks=False).st_mode))

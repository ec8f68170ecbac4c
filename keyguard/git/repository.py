"""Finds the repository that a path lies in, without a process where there is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.git.process import failure, run
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyguard.git.place import Place

_FLAGS = ("--is-shallow-repository", "--show-object-format", "--absolute-git-dir", "--git-common-dir")
_PLAIN_ANSWERS = 4  # and one more, the work tree, where there is one


class Repository(NamedTuple):
    """A repository on disk. All paths are absolute; `work_tree` is None for a bare one or inside its git folder.

    `git_dir` is the folder of this working tree, `common_dir` the one all linked worktrees share (objects, refs).
    """

    git_dir: Path
    common_dir: Path
    work_tree: Path | None
    object_format: str
    shallow: bool
    partial: bool


def find_repository(path: bytes | Path) -> Repository | None:
    """The repository around a file or folder, or None. Raises GitError where git is missing or refuses it.

    None also where only git can tell: past a mount point, or a `.git` file whose repository is gone.
    """
    folder = os.fsencode(path)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder) or b"."
    if enclosing(folder) is None:
        return None
    return _describe(folder)


def locate_repository(place: Place) -> Repository | None:
    """The repository that git sees from a place, which may be another than the folders around it say."""
    return _describe(os.fsencode(place.folder or os.curdir), place.environment)


def enclosing(folder: bytes) -> bytes | None:
    """The nearest folder from here upwards that holds a `.git` or is a git folder itself. Starts no process."""
    here = os.path.abspath(os.path.realpath(folder))
    while True:
        if holds_git(here) or is_git_folder(here):
            return here
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent


def holds_git(folder: bytes) -> bool:
    """Whether `.git` in this folder is a repository, or a file that points to one (worktree, submodule)."""
    inner = os.path.join(folder, b".git")
    return os.path.isfile(inner) or is_git_folder(inner)


def is_git_folder(folder: bytes) -> bool:
    """Git's own test, gitrepository-layout(5): HEAD, and either objects and refs or the way to them."""
    if not os.path.lexists(os.path.join(folder, b"HEAD")):
        return False
    if os.path.isfile(os.path.join(folder, b"commondir")):
        return True
    return all(os.path.isdir(os.path.join(folder, name)) for name in (b"objects", b"refs"))


def _describe(folder: bytes, environment: Mapping[str, str] | None = None) -> Repository | None:
    from pathlib import Path  # 6 ms that a scan without a repository does not pay

    # --show-toplevel comes last: without a work tree git has answered the rest before it fails.
    answer = run(["rev-parse", *_FLAGS, "--show-toplevel"], cwd=folder, env=environment, codes=(0, 128))
    lines = answer.stdout.removesuffix(b"\n").split(b"\n") if answer.stdout else []
    treeless = answer.code != 0
    if treeless and b"not a git repository" in answer.stderr:
        return None
    if treeless and b"work tree" not in answer.stderr:
        raise failure(answer.stderr, answer.code)
    if len(lines) != _PLAIN_ANSWERS + (not treeless):
        flags = (*_FLAGS, *(() if treeless else ("--show-toplevel",)))
        lines = [_ask(folder, flag, environment) for flag in flags]  # a path with a line break in it
    common = Path(os.path.realpath(os.fsdecode(os.path.join(folder, lines[3]))))
    return Repository(
        git_dir=Path(os.fsdecode(lines[2])),
        common_dir=common,
        work_tree=None if treeless else Path(os.fsdecode(lines[4])),
        object_format=lines[1].decode(),
        shallow=lines[0] == b"true",
        partial=_is_partial(common),
    )


def _ask(folder: bytes, flag: str, environment: Mapping[str, str] | None) -> bytes:
    return run(["rev-parse", flag], cwd=folder, env=environment).stdout.removesuffix(b"\n")


def _is_partial(common: Path) -> bool:
    """Packs that came from a promisor remote have a `.promisor` file beside them."""
    try:
        with os.scandir(common / "objects" / "pack") as entries:
            return any(entry.name.endswith(".promisor") for entry in entries)
    except OSError:
        return False

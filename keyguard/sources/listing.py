"""Which files a scan of a working tree reads, and what it leaves out."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from keyguard.errors import GitError, KeyguardError
from keyguard.git.repository import enclosing, is_git_folder
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.report import Skip
from keyguard.sources.walk import GIT_FOLDER, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Listing(NamedTuple):
    """Files to read, as paths that open from the current folder and are fit to show; sorted, each once."""

    files: list[bytes]
    skipped: list[Skip]


def list_targets(targets: Sequence[bytes], *, include_ignored: bool = False, use_git: bool = True) -> Listing:
    """`list_files` for several targets: what two of them share is listed once, under the first name it was given."""
    listings = [list_files(target, include_ignored=include_ignored, use_git=use_git) for target in targets]
    if len(listings) == 1:
        return listings[0]
    files: dict[bytes, bytes] = {}
    for target, listing in zip(targets, listings, strict=True):
        whole = os.path.realpath(target)
        prefix = len(_join(shown(target), b""))
        for path in listing.files:
            key = os.path.join(whole, path[prefix:]) if os.path.isdir(target) else whole
            files.setdefault(key, path)
    skipped = dict.fromkeys(skip for listing in listings for skip in listing.skipped)
    return Listing(sorted(files.values()), sorted(skipped))


def list_files(target: bytes, *, include_ignored: bool = False, use_git: bool = True) -> Listing:
    """The files of one target: a file (read even if git ignores it) or a folder.

    In a working tree these are git's tracked and untracked files without the ignored ones, elsewhere all files.
    Symbolic links inside a folder are not followed. Raises KeyguardError where the target does not exist.
    """
    try:
        mode = os.stat(target).st_mode
    except OSError as error:
        raise KeyguardError(f"{os.fsdecode(target)}: {error.strerror}", "Name a file or a folder.") from error
    name = shown(target)
    if stat.S_ISREG(mode):
        return Listing([name], [])
    if not stat.S_ISDIR(mode):
        return Listing([], [_special(name, mode, complete=False)])
    if is_git_folder(target):
        return Listing([], [git_folder(name or b".")])
    if use_git and enclosing(target) is not None:
        listed = _from_git(target, name, include_ignored=include_ignored)
        if listed is not None:
            return listed
    return _from_walk(target, name, include_ignored=include_ignored, use_git=use_git)


def shown(target: bytes) -> bytes:
    """The target as the start of the paths below it: `.` and `./` say nothing, and one `/` is enough."""
    parts = [part for part in target.replace(os.fsencode(os.sep), b"/").split(b"/") if part not in (b"", b".")]
    root = b"/" if target.startswith((b"/", os.fsencode(os.sep))) else b""
    return root + b"/".join(parts)


def git_folder(path: bytes) -> Skip:
    """What is told of a folder that git keeps its objects in."""
    repository = os.path.dirname(path) or b"." if os.path.basename(path) == GIT_FOLDER else path
    return _skip(path, f"git's own folder: keyguard scan --history {_quoted(repository)}", complete=True)


def _from_git(target: bytes, name: bytes, *, include_ignored: bool) -> Listing | None:
    from keyguard.git.listing import is_ignored, list_tree

    tree = list_tree(target, include_ignored=include_ignored)
    if tree is None:
        return None
    if not include_ignored and not tree.tracked and not tree.untracked and is_ignored(target):
        return None  # a folder that was named is scanned, as a file is
    tracked, told = _regular(name, tree.tracked, tracked=True)
    untracked, told_too = _regular(name, tree.untracked, tracked=False)
    skipped = [
        *told,
        *told_too,
        *(_elsewhere(_join(name, path), "a submodule") for path in tree.submodules),
        *(_elsewhere(_join(name, path.rstrip(b"/")), "a repository of its own") for path in tree.nested),
        *(_skip(_join(name, path), reason, complete=False) for path, reason in tree.unreadable),
    ]
    return Listing(sorted({*tracked, *untracked}), sorted(skipped))


def _regular(name: bytes, paths: Iterable[bytes], *, tracked: bool) -> tuple[list[bytes], list[Skip]]:
    """The regular files among git's paths. Symbolic links are left out: what they lead to is listed under its name.

    Tracked paths may be deleted, or lie behind a folder that a link has replaced since.
    """
    files, skipped = [], []
    prefix = _join(name, b"")
    folders = {b"": True}
    for path in paths:
        full = prefix + path
        try:
            if tracked and not _is_within(prefix, os.path.dirname(path), folders):
                continue
            mode = os.lstat(full).st_mode
        except OSError as error:
            if not tracked or not isinstance(error, (FileNotFoundError, NotADirectoryError)):
                skipped.append(_skip(full, error.strerror or "cannot be read", complete=False))
            continue
        if stat.S_ISREG(mode):
            files.append(full)
        elif not stat.S_ISLNK(mode) and not stat.S_ISDIR(mode):
            skipped.append(_special(full, mode, complete=True))
    return files, skipped


def _is_within(prefix: bytes, folder: bytes, known: dict[bytes, bool]) -> bool:
    """Whether the way down to a folder has no symbolic link in it; `known` remembers."""
    if folder not in known:
        above = _is_within(prefix, os.path.dirname(folder), known)
        known[folder] = above and stat.S_ISDIR(os.lstat(prefix + folder).st_mode)
    return known[folder]


def _from_walk(target: bytes, name: bytes, *, include_ignored: bool, use_git: bool) -> Listing:
    found = walk(target, stop_at_repositories=use_git)
    skipped = [
        *(_special(_join(name, path), mode, complete=True) for path, mode in found.special),
        *(git_folder(_join(name, path)) for path in found.git_folders),
        *(_skip(_join(name, path), reason, complete=False) for path, reason in found.unreadable),
    ]
    prefix = _join(name, b"")
    files = [prefix + path for path in found.files]
    for path in found.repositories:
        inner = _inner(os.path.join(target, path), _join(name, path), include_ignored=include_ignored)
        files += inner.files
        skipped += inner.skipped
    return Listing(sorted(files), sorted(skipped))


def _inner(target: bytes, name: bytes, *, include_ignored: bool) -> Listing:
    """A repository met on a walk. Where git refuses it, that is told and the walk goes on."""
    try:
        listed = _from_git(target, name, include_ignored=include_ignored)
    except GitError as error:
        return Listing([], [_skip(name, f"{error} {error.hint}".strip(), complete=False)])
    return listed or _from_walk(target, name, include_ignored=include_ignored, use_git=False)


def _join(name: bytes, path: bytes) -> bytes:
    return name + path if not name or name.endswith(b"/") else name + b"/" + path


def _special(path: bytes, mode: int, *, complete: bool) -> Skip:
    return _skip(path, f"{_KINDS.get(stat.S_IFMT(mode), 'not a regular file')}, not read", complete=complete)


def _elsewhere(path: bytes, kind: str) -> Skip:
    return _skip(path, f"{kind}: keyguard scan {_quoted(path)}", complete=True)


def _skip(path: bytes, reason: str, *, complete: bool) -> Skip:
    return Skip(path.decode("utf-8", "replace"), reason, complete)


def _quoted(path: bytes) -> str:
    import shlex

    return shlex.quote(path.decode("utf-8", "replace"))

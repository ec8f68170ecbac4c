"""Which files a commit, or the index, holds that what came before it did not: git's raw diffs.

https://git-scm.com/docs/git-diff-index (RAW OUTPUT FORMAT, DIFF FORMAT FOR MERGES)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.errors import GitError
from keyguard.git.process import failure
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.git.place import Place
    from keyguard.git.process import Argument

_SUBMODULE = b"160000"
_LINK = b"120000"
_DIED = 128
_PATHS = 200  # on one command line
_RAW = ("--raw", "-z", "--no-abbrev")
_SIMILAR = "-M"


class Change(NamedTuple):
    """A path with new content. `olds` are the objects that stood there before, one for each parent that had any: what
    is new is in none of them; with none, all is new. `named` is True where the path is new as well.

    `path` counts from the top of the repository; `commit` is empty for the index.
    """

    path: bytes
    new: str
    olds: tuple[str, ...]
    named: bool
    commit: str = ""


class Changes(NamedTuple):
    """Changes in git's order, and the paths whose conflict is not settled yet."""

    changes: list[Change]
    unmerged: list[bytes]


def staged_changes(place: Place, merged: Sequence[str] = ()) -> Changes:
    """What the index holds that HEAD does not. GitError outside of a repository and where HEAD is broken.

    `merged` are the commits that are being merged: what one of them has is not new.
    """
    found = _read(_diff_index(place, "HEAD"))
    for other in merged if found.changes else ():
        theirs = {change.path: change for change in _read(_diff_index(place, other)).changes}
        both = [(ours, theirs[ours.path]) for ours in found.changes if ours.path in theirs]
        found = found._replace(changes=[_new_to_both(ours, its) for ours, its in both])
    return found


def commit_changes(place: Place, commits: Sequence[str]) -> list[Change]:
    """What each commit (hex id) brought that none of its parents had, in the order of the commits."""
    questions = "".join(f"{commit}\n" for commit in commits).encode()
    command = ["diff-tree", "--stdin", "-r", "-c", "--root", *_RAW]
    return _read(_with_renames(place, command, stdin=questions)).changes if commits else []


def tree_changes(place: Place, tree: str) -> list[Change]:
    """All of a tree, as if nothing had been before it."""
    return _read(place.ask(["diff-tree", "-r", *_RAW, _empty_tree(place), tree]).stdout).changes


def in_head(place: Place, paths: Sequence[bytes]) -> dict[bytes, str]:
    """The objects that HEAD has at these paths; none where there is no HEAD."""
    found: dict[bytes, str] = {}
    for start in range(0, len(paths), _PATHS):
        listing: list[Argument] = ["ls-tree", "-r", "-z", "--full-tree", "HEAD", "--", *paths[start : start + _PATHS]]
        for entry in place.ask(listing, codes=(0, _DIED)).stdout.split(b"\0"):
            facts, tab, path = entry.partition(b"\t")
            if tab:
                found[path] = facts.rpartition(b" ")[2].decode("ascii", "replace")
    return found


def merge_heads(place: Place) -> list[str]:
    """The commits that are being merged into HEAD, from MERGE_HEAD; git-merge(1)."""
    path = place.ask(["rev-parse", "--git-path", "MERGE_HEAD"]).stdout.removesuffix(b"\n")
    try:
        with open(os.path.join(os.fsencode(place.folder or b""), path), "rb") as file:
            return file.read().decode("ascii", "replace").split()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise GitError(f"MERGE_HEAD cannot be read: {error.strerror}") from error


def _diff_index(place: Place, against: str) -> bytes:
    command = ["diff-index", "--cached", *_RAW]
    try:
        return _with_renames(place, command, against, "--")
    except GitError:
        if against != "HEAD" or not _unborn(place):
            raise
        return _with_renames(place, command, _empty_tree(place), "--")


def _with_renames(place: Place, command: list[str], *words: str, stdin: bytes = b"") -> bytes:
    """A partial clone may lack what renames are told by: then all of a renamed file counts as new."""
    answer = place.ask([*command, _SIMILAR, *words], stdin, codes=(0, _DIED))
    if answer.code == 0:
        return answer.stdout
    plain = place.ask([*command, "--no-renames", *words], stdin, codes=(0, _DIED))
    if plain.code:
        raise failure(answer.stderr, answer.code)
    return plain.stdout


def _unborn(place: Place) -> bool:
    """Whether HEAD names a branch that has no commit yet."""
    named = place.ask(["symbolic-ref", "--quiet", "HEAD"], codes=(0, 1, _DIED))
    ref = named.stdout.removesuffix(b"\n")
    return named.code == 0 and place.ask(["show-ref", "--verify", "--quiet", ref], codes=(0, 1, _DIED)).code == 1


def _empty_tree(place: Place) -> str:
    return place.ask(["hash-object", "-t", "tree", "--stdin"]).stdout.decode().strip()


def _read(raw: bytes) -> Changes:
    found = Changes([], [])
    fields = iter(raw.split(b"\0"))
    commit = ""
    for field in fields:
        if field.startswith(b":"):
            _add(found, field, fields, commit)
        elif field:
            commit = field.decode("ascii", "replace")
    return found


def _add(found: Changes, head: bytes, fields: Iterator[bytes], commit: str) -> None:
    """One entry: as many modes and names as parents and one, the letters, and after NULs the paths."""
    parents = len(head) - len(head.lstrip(b":"))
    words = head[parents:].split(b" ")
    modes, names, letters = words[: parents + 1], words[parents + 1 : -1], words[-1]
    path = next(fields, b"")
    if parents == 1 and letters[:1] in {b"R", b"C"}:
        path = next(fields, b"")
    if letters == b"U":
        found.unmerged.append(path)
    *old_modes, new_mode = modes
    *old_names, new = (name.decode("ascii", "replace") for name in names)
    if letters == b"U" or new_mode == _SUBMODULE or not new.strip("0") or new in old_names:
        if new in old_names and letters[:1] == b"R":
            found.changes.append(Change(path, new, (new,), True, commit))
        return
    comparable = (mode != _SUBMODULE and (mode == _LINK) == (new_mode == _LINK) for mode in old_modes)
    olds = tuple(name for name, fits in zip(old_names, comparable) if fits and name.strip("0"))
    found.changes.append(Change(path, new, olds, letters.strip(b"M0123456789") != b"", commit))


def _new_to_both(ours: Change, theirs: Change) -> Change:
    return ours._replace(olds=(*ours.olds, *theirs.olds), named=ours.named and theirs.named)

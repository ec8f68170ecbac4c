"""Names that git gives to objects: refs, the HEAD of every worktree, stashes."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import GitError
from keyguard.git.process import run

if TYPE_CHECKING:
    from keyguard.git.repository import Repository

_FORMAT = "%(objectname) %(refname)"
_ID_LENGTHS = (40, 64)
_HEX = frozenset("0123456789abcdef")
_STASH = b"refs/stash"
_DIED = 128
_TAGGED = re.compile(rb"object ([0-9a-f]+)\n")


class Ref(NamedTuple):
    """A name, the object it holds, and what lies behind all tags: `target`, of kind commit, tree or blob.

    `kind` is the kind of `oid` itself ("tag" for an annotated tag). Both kinds are "missing", and `target` equals
    `oid`, where the object cannot be read.
    """

    name: bytes
    oid: str
    kind: str
    target: str
    target_kind: str


def list_refs(repo: Repository, avoid: frozenset[str] = frozenset()) -> list[Ref]:
    """All refs sorted by name, then HEAD, the HEADs of all worktrees, and the older stashes.

    `avoid` are objects that git is never asked for: they count as missing.
    """
    listed = run([_at(repo), "for-each-ref", f"--format={_FORMAT}"]).stdout
    named = [_split(line) for line in listed.splitlines()]
    heads = [name for name in (b"HEAD", *_worktree_heads(repo)) if _is_one_line(name)]
    if avoid:
        heads = [name for name in heads if _oid_of(repo, name) not in avoid]
    stashes = _stashes(repo) if any(name == _STASH for name, _ in named) else []
    questions = [*(oid.encode() for _, oid in named), *heads, *(oid.encode() for _, oid in stashes)]
    names = [*(name for name, _ in named), *heads, *(name for name, _ in stashes)]
    plain = _objects(repo, questions, avoid)
    # Peeled for tags only: `^{}` makes git parse the object, and most refs hold a commit.
    tags = [oid for oid, kind in plain if kind == "tag"]
    if avoid:
        peeled = {oid: _peeled(repo, oid, avoid) for oid in tags}
    else:
        peeled = dict(zip(tags, _objects(repo, [f"{oid}^{{}}".encode() for oid in tags]), strict=True))
    unborn = len(named)
    return [
        Ref(name, oid, kind, *_target(oid, kind, peeled))
        for position, (name, (oid, kind)) in enumerate(zip(names, plain, strict=True))
        if kind != "missing" or position < unborn
    ]


def resolve(repo: Repository, rev: str) -> str:
    """The full id of what a revision names (see gitrevisions(7)); GitError where it names nothing."""
    if not rev or rev.startswith("-"):
        raise GitError(f"{rev!r} is not a revision")
    # git takes a full id at its word unless it has to look.
    looked = f"{rev}^{{object}}" if len(rev) in _ID_LENGTHS and set(rev) <= _HEX else rev
    answer = run([_at(repo), "rev-parse", "--verify", "--quiet", looked], codes=(0, 1, 128))
    oid = answer.stdout.decode().strip()
    if answer.code or not oid:
        raise unknown_revision(repo, rev)
    return oid


def unknown_revision(repo: Repository, rev: str) -> GitError:
    """The error for a revision that names nothing here."""
    if repo.shallow:
        return GitError(f"unknown revision {rev}", "The clone is shallow; git fetch --unshallow brings the rest.")
    return GitError(f"unknown revision {rev}", "git branch --all and git tag list the names there are.")


def _at(repo: Repository) -> str:
    return f"--git-dir={repo.git_dir}"


def _split(line: bytes) -> tuple[bytes, str]:
    oid, _, name = line.partition(b" ")
    return name, oid.decode()


def _is_one_line(name: bytes) -> bool:
    return b"\n" not in name


def _worktree_heads(repo: Repository) -> list[bytes]:
    """Names of the HEADs beside our own, see gitrevisions(7) and git-worktree(1) on `main-worktree`."""
    try:
        with os.scandir(os.fsencode(repo.common_dir / "worktrees")) as entries:
            linked = sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return []
    return [b"main-worktree/HEAD", *(b"worktrees/" + name + b"/HEAD" for name in linked)]


def _stashes(repo: Repository) -> list[tuple[bytes, str]]:
    """Stashes but the newest live in the reflog of refs/stash only."""
    listed = run([_at(repo), "rev-list", "--walk-reflogs", "refs/stash"], codes=(0, 128)).stdout.decode().split()
    return [(b"refs/stash@{%d}" % number, oid) for number, oid in enumerate(listed) if number]


def _oid_of(repo: Repository, name: bytes) -> str:
    """The object that a ref holds, which is not read; empty where there is no such ref."""
    answer = run([_at(repo), "rev-parse", "--verify", "--quiet", name], codes=(0, 1, _DIED))
    return answer.stdout.decode().strip()


def _peeled(repo: Repository, oid: str, avoid: frozenset[str]) -> tuple[str, str]:
    """What lies behind a tag, step by step."""
    kind = "tag"
    seen = set(avoid)
    while kind == "tag" and oid not in seen:
        seen.add(oid)
        answer = run([_at(repo), "cat-file", "tag", oid], codes=(0, 1, _DIED))
        named = _TAGGED.match(answer.stdout)
        oid = named[1].decode() if named else oid
        ((_, kind),) = _objects(repo, [oid.encode()], avoid) if named else [(oid, "missing")]
    return oid, kind if oid not in avoid else "missing"


def _objects(repo: Repository, questions: list[bytes], avoid: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """Id and kind of each; a name that leads nowhere comes back as itself with kind "missing"."""
    if avoid:
        asked = [question for question in questions if os.fsdecode(question) not in avoid]
        known = dict(zip(asked, _objects(repo, asked), strict=True))
        return [known.get(question, (os.fsdecode(question), "missing")) for question in questions]
    command = [_at(repo), "cat-file", "--batch-check=%(objectname) %(objecttype)"]
    found: list[tuple[str, str]] = []
    while len(found) < len(questions):
        answer = run(command, stdin=b"\n".join(questions[len(found) :]), codes=(0, _DIED))
        pairs = (os.fsdecode(line).rsplit(" ", 1) for line in answer.stdout.splitlines())
        found += [(oid, kind) for oid, kind in pairs]
        # git dies of an object that is damaged in some ways: the one after those that it answered for.
        if len(found) < len(questions):
            found.append((os.fsdecode(questions[len(found)]), "missing"))
    return found


def _target(oid: str, kind: str, peeled: dict[str, tuple[str, str]]) -> tuple[str, str]:
    target = peeled.get(oid, (oid, kind))
    return target if target[1] != "missing" else (oid, "missing")

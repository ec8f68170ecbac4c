"""Which commits and objects a range of history holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import GitError
from keyguard.git.process import failure, run
from keyguard.git.refs import list_refs, unknown_revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from keyguard.git.repository import Repository

# git itself takes any text for a date and means "now" by what it cannot read.
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?"
    r"|(?:\d+[. ](?:second|minute|hour|day|week|month|year)s?[. ]?)+(?:ago)?"
    r"|yesterday|today|midnight|noon|last[. ](?:week|month|year|(?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    re.IGNORECASE,
)
_BAD = re.compile(rb"fatal: bad (?:revision|object) '?([^'\n]+)'?")


class Reach(NamedTuple):
    """What a range of history holds.

    `objects` are all ids in the range, commits and tags included; it may hold a few that older commits also have.
    `missing` are ids that the repository names but does not have (partial clone, damage).
    """

    commits: frozenset[str]
    objects: frozenset[str]
    missing: frozenset[str]


def reach(repo: Repository, *, branch: str = "", since: str = "", revs: Sequence[str] = ()) -> Reach:
    """The part of history that a person asked for; the three conditions add up.

    `branch` is any revision to start from (default: all refs and worktree heads), `since` a date or the revision
    after which history counts, `revs` are ranges as in gitrevisions(7), such as "A..B". Raises GitError for a
    revision or date that git does not know.
    """
    named = _named(branch, revs)
    refs = [] if named else [ref for ref in list_refs(repo) if ref.target_kind != "missing"]
    tips = named or sorted({ref.oid for ref in refs})
    if since and not _DATE.fullmatch(since):
        return _reach(repo, [*tips, _excluded(since)], [], {})
    tags = {ref.oid: ref.target for ref in refs if ref.kind == "tag"}
    return _reach(repo, tips, [f"--since={_full(since)}"] if since else [], tags)


def rev_list(repo: Repository, args: Iterable[str]) -> list[str]:
    """`git rev-list` with these options and revisions; one id a line of its answer."""
    return run([f"--git-dir={repo.git_dir}", "rev-list", *args]).stdout.decode().split()


def _named(branch: str, revs: Sequence[str]) -> list[str]:
    named = [*([branch] if branch else []), *revs]
    for rev in named:
        if not rev or rev.startswith("-") or "\n" in rev:
            raise GitError(f"{rev!r} is not a revision")
    return named


def _excluded(since: str) -> str:
    if since.startswith(("-", "^")) or ".." in since or "\n" in since:
        raise GitError(f"{since!r} is neither a date nor a revision", "Dates look like 2026-11-21 or 2.weeks.")
    return f"^{since}"


def _full(date: str) -> str:
    """git reads a day without a time as that day at the present time of day."""
    return f"{date} 00:00:00" if _DAY.fullmatch(date) else date


def _reach(repo: Repository, tips: list[str], options: list[str], tags: Mapping[str, str]) -> Reach:
    """`tags`: annotated tags with what lies behind them, which count with a commit that the options let through."""
    if not tips:
        return Reach(frozenset(), frozenset(), frozenset())
    walk = _listed(repo, [*options, "--boundary"] if options else [], tips)
    commits = {oid for oid in walk if oid[0] not in "-?"}
    if options:
        # A date bounds commits only: take the objects of older commits away by naming those commits.
        tips = [*sorted(commits), *(tag for tag, target in tags.items() if target in commits)]
        tips += [f"^{oid[1:]}" for oid in walk if oid[0] == "-"]
    objects = set(_objects(repo, tips)) if commits or not options else set()
    # With clocks gone wrong an old commit can hide a new one behind it.
    for oid in sorted(commits - objects):
        objects.update(_objects(repo, [f"{oid}^!"]))
    missing = {oid[1:] for oid in (*walk, *objects) if oid[0] == "?"}
    return Reach(frozenset(commits), frozenset(oid for oid in objects if oid[0] != "?"), frozenset(missing))


def _objects(repo: Repository, tips: list[str]) -> list[str]:
    return _listed(repo, ["--objects", "--no-object-names"], tips)


def _listed(repo: Repository, options: list[str], tips: list[str]) -> list[str]:
    command = [f"--git-dir={repo.git_dir}", "rev-list", "--missing=print", *options, "--stdin"]
    questions = "".join(f"{tip}\n" for tip in tips).encode("utf-8", "surrogateescape")
    answer = run(command, stdin=questions, codes=(0, 128))
    if answer.code:
        bad = _BAD.search(answer.stderr)
        named = bad[1].decode("utf-8", "replace").removeprefix("^") if bad else ""
        raise unknown_revision(repo, named) if bad else failure(answer.stderr, answer.code)
    return answer.stdout.decode().split()

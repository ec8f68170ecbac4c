"""Where objects stand in a history: the paths they had, and the commits that brought them there first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from keyguard.odb.attribution import Attribution, FirstSeen
from keyguard.odb.treesources import key_of, keys_of
from keyguard.scan.ancestry import before
from keyguard.scan.record import Record


class Place(NamedTuple):
    """Where a match stands: `order` sorts by time; `commit` is empty where no commit has the object."""

    path: bytes
    order: int
    commit: str
    state: str


class Placing:
    """Places of some objects. `named`: some of them are there for their file names."""

    def __init__(self, record: Record, targets: Iterable[str], *, named: bool) -> None:
        refs, wanted = record.refs, record.wanted
        links = record.census.links
        self._timeline = record.timeline
        self._commits = record.timeline.in_order(wanted.commits if wanted else None)
        self._tips = {ref.target for ref in refs}
        attribution = Attribution(record.trees, keys_of(targets))
        # A tag can name a tree that no commit has; it counts after all commits.
        bare = [ref.target for ref in refs if ref.target_kind == "tree" and record.is_wanted(ref.target)]
        roots = keys_of([*(links[commit].tree for commit in self._commits), *bare])
        self._first = attribution.first_seen(roots)
        # One object can have a name in a history and another, with a secret in it, in a tree that no commit has.
        lost = wanted is None and (named or len(self._first) < len(attribution.targets))
        self._dangling = attribution.first_seen(attribution.dangling(roots)) if lost else {}
        heads = [ref.target for ref in refs if ref.name == b"HEAD" and ref.target in links]
        self._in_head = _paths(attribution, (links[head].tree for head in heads))
        # What stood there when the part of history that was asked for began was not brought by it.
        older = before(links, wanted.commits) if wanted else []
        self._older = _paths(attribution, (links[commit].tree for commit in older))
        record.census.crowded |= attribution.crowded

    def places(self, name: str) -> list[Place]:
        """All paths of an object, each at its first commit; at least one, if need be without path and commit."""
        seen = self._first.get(key_of(name))
        if seen:
            return [self._place(each) for each in seen]
        last = len(self._commits)
        if name in self._tips:
            return [Place(b"", last, "", "history")]
        return self.dangling(name) or [Place(b"", last, "", "unreachable")]

    def dangling(self, name: str) -> list[Place]:
        """Where an object stands in trees that no commit has."""
        seen = self._dangling.get(key_of(name), ())
        return [Place(each.path, len(self._commits), "", "unreachable") for each in seen]

    def in_head(self, name: str) -> set[bytes]:
        """The paths that an object has in HEAD."""
        return self._in_head.get(key_of(name), set())

    def is_in_head(self, name: str, path: bytes) -> bool:
        return path in self.in_head(name)

    def older(self, name: str) -> set[bytes]:
        """The paths that an object had before the part of history that was asked for."""
        return self._older.get(key_of(name), set())

    def reach_of(self, commit: str) -> str:
        return "history" if commit in self._timeline.reached else "unreachable"

    def _place(self, seen: FirstSeen) -> Place:
        if seen.commit >= len(self._commits):
            return Place(seen.path, seen.commit, "", "history")
        commit = self._commits[seen.commit]
        return Place(seen.path, seen.commit, commit, self.reach_of(commit))


def _paths(attribution: Attribution, trees: Iterable[str]) -> dict[int, set[bytes]]:
    """By object (key) its paths in some root trees."""
    found = attribution.first_seen(keys_of(trees))
    return {key: {each.path for each in seen} for key, seen in found.items()}

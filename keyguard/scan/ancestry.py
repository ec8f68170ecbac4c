"""The order of commits, and which of them a ref reaches."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from keyguard.odb.commits import Links


class Timeline(NamedTuple):
    """All commits oldest first; those that a ref reaches; and those that HEAD reaches."""

    order: list[str]
    reached: set[str]
    head: set[str]

    def in_order(self, wanted: Container[str] | None) -> list[str]:
        """The wanted commits (None: all) oldest first, those that a ref reaches before all others."""
        ranked = sorted(self.order, key=lambda commit: commit not in self.reached)
        return ranked if wanted is None else [commit for commit in ranked if commit in wanted]

    def roots(self, links: Mapping[str, Links]) -> list[str]:
        """The commits without parents that HEAD reaches, oldest first."""
        return sorted(
            (commit for commit in self.head if not links[commit].parents), key=lambda each: (links[each].time, each)
        )


def read_timeline(links: Mapping[str, Links], tips: Iterable[str], heads: Iterable[str]) -> Timeline:
    """Orders the commits; `tips` are what refs name, `heads` what HEAD does."""
    head: set[str] = set()
    _reach(links, heads, head)
    reached = set(head)
    _reach(links, tips, reached)
    return Timeline(oldest_first(links), reached, head)


def before(links: Mapping[str, Links], commits: Collection[str]) -> list[str]:
    """The parents of some commits that are not among them."""
    parents = {parent for commit in commits if commit in links for parent in links[commit].parents}
    return sorted(parent for parent in parents if parent in links and parent not in commits)


def _reach(links: Mapping[str, Links], tips: Iterable[str], seen: set[str]) -> None:
    """Adds the commits that can be reached from the tips, except through commits that were seen."""
    todo = [tip for tip in tips if tip in links and tip not in seen]
    seen.update(todo)
    while todo:
        for parent in links[todo.pop()].parents:
            if parent not in seen and parent in links:
                seen.add(parent)
                todo.append(parent)


def oldest_first(links: Mapping[str, Links]) -> list[str]:
    """All commits, parents before children, otherwise by committer time and name."""
    order = [commit for _, commit in sorted((link.time, commit) for commit, link in links.items())]
    # Most histories have no clock that went wrong: there the times alone say it all.
    seen: set[str] = set()
    for commit in order:
        if not all(parent in seen or parent not in links for parent in links[commit].parents):
            return _untangled(links)
        seen.add(commit)
    return order


def _untangled(links: Mapping[str, Links]) -> list[str]:
    waiting: dict[str, int] = {}
    children: dict[str, list[str]] = {}
    for commit, (_, parents, _) in links.items():
        known = {parent for parent in parents if parent in links} if parents else ()
        waiting[commit] = len(known)
        for parent in known:
            children.setdefault(parent, []).append(commit)
    ready = [(links[commit].time, commit) for commit, count in waiting.items() if not count]
    heapify(ready)
    order: list[str] = []
    while ready:
        commit = heappop(ready)[1]
        order.append(commit)
        for child in children.get(commit, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, (links[child].time, child))
    return order

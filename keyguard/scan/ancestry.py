"""The order of commits, and which of them a ref reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush

from keyguard.odb.commits import Links


def reachable(links: Mapping[str, Links], tips: Iterable[str]) -> set[str]:
    """The commits that can be reached from the tips."""
    seen: set[str] = set()
    todo = [tip for tip in tips if tip in links]
    while todo:
        commit = todo.pop()
        if commit not in seen:
            seen.add(commit)
            todo.extend(parent for parent in links[commit].parents if parent in links and parent not in seen)
    return seen


def oldest_first(links: Mapping[str, Links]) -> list[str]:
    """All commits, parents before children, otherwise by committer time and name."""
    waiting: dict[str, int] = {}
    children: dict[str, list[str]] = {}
    for commit, (_, parents, _) in links.items():
        known = [parent for parent in set(parents) if parent in links]
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

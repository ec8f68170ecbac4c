"""The order in which commits come: parents first, otherwise by time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

import numpy as np

from keyguard.odb.commits import Links
from keyguard.odb.pack import Ints

_MOST_ROUNDS = 100


def oldest_first(links: Mapping[str, Links]) -> list[str]:
    """All commits, parents before children, otherwise by committer time and name."""
    order = [commit for _, commit in sorted((link.time, commit) for commit, link in links.items())]
    ranks = {commit: rank for rank, commit in enumerate(order)}
    parents = np.array([ranks.get(parent, -1) for commit in order for parent in links[commit].parents], np.int64)
    children = np.repeat(np.arange(len(order)), [len(links[commit].parents) for commit in order])
    parents, children = parents[parents >= 0], children[parents >= 0]
    turns = _turns(len(order), parents, children)
    if turns is None:
        turns = _queue(range(len(order)), [0] * len(order), zip(parents.tolist(), children.tolist()))
    return [order[rank] for rank in turns]


def _turns(count: int, parents: Ints, children: Ints) -> list[int] | None:
    """The ranks of commits by time in the order of their turns, given the ranks of each parent and its child; None
    where that takes too long, or some never have theirs.

    Most clocks are right. A commit that is older than one that it waits for comes right after that.
    """
    after = np.arange(count)  # the rank of what each waits for, or its own
    for _ in range(_MOST_ROUNDS):
        early = after[parents] > after[children]
        if not early.any():
            break
        np.maximum.at(after, children[early], after[parents[early]])
    else:
        return None
    is_late = after != np.arange(count)
    together = is_late[parents] & (after[parents] == after[children])
    if (parents == children).any() or not is_late[children[together]].all():
        return None  # they lead in a circle
    late = np.flatnonzero(is_late)
    queue = _queue(late.tolist(), after[late].tolist(), zip(parents[together].tolist(), children[together].tolist()))
    if len(queue) < len(late):
        return None
    ranks = np.concatenate((np.flatnonzero(~is_late), np.array(queue, np.int64)))
    turns: list[int] = ranks[np.argsort(after[ranks], kind="stable")].tolist()
    return turns


def _queue(ranks: Sequence[int], after: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Commits by what they come after, then parents first, then by rank. `pairs`: parents and children of those that
    come after the same. What leads in a circle is left out."""
    waiting = dict.fromkeys(ranks, 0)
    followers: dict[int, list[int]] = {}
    for parent, child in pairs:
        followers.setdefault(parent, []).append(child)
        waiting[child] += 1
    ready = [(place, rank) for place, rank in zip(after, ranks) if not waiting[rank]]
    heapify(ready)
    queue = []
    while ready:
        place, rank = heappop(ready)
        queue.append(rank)
        for child in followers.get(rank, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, (place, child))
    return queue

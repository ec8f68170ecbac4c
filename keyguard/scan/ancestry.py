"""The order of commits, and which of them a ref reaches."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import NamedTuple

from keyguard.odb.commits import Links
from keyguard.odb.turns import oldest_first


class Timeline(NamedTuple):
    """`order` has all commits oldest first, those that a ref reaches before all others.

    `reached` are those that a ref reaches, `head` those that HEAD does, and `roots` those of them without parents,
    oldest first.
    """

    order: list[str]
    reached: set[str]
    head: set[str]
    roots: list[str]

    def in_order(self, wanted: Container[str] | None) -> list[str]:
        """The wanted commits (None: all) in order."""
        return self.order if wanted is None else [commit for commit in self.order if commit in wanted]


def read_timeline(links: Mapping[str, Links], tips: Iterable[str], heads: Iterable[str]) -> Timeline:
    """Orders the commits; `tips` are what refs name, `heads` what HEAD does."""
    head: set[str] = set()
    _reach(links, heads, head)
    reached = set(head)
    _reach(links, tips, reached)
    by_time = oldest_first(links)
    order = [commit for commit in by_time if commit in reached] + [each for each in by_time if each not in reached]
    roots = sorted((links[commit].time, commit) for commit in head if not links[commit].parents)
    return Timeline(order, reached, head, [commit for _, commit in roots])


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

"""The order of commits, and which of them a ref reaches."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from typing import NamedTuple

from keyguard.odb.commits import Links
from keyguard.odb.turns import oldest_first


class Timeline(NamedTuple):
    """All commits oldest first; those that a ref reaches; and those that HEAD reaches."""

    order: list[str]
    reached: set[str]
    head: set[str]

    def in_order(self, wanted: Container[str] | None) -> list[str]:
        """The wanted commits (None: all) oldest first, those that a ref reaches before all others."""
        reached = self.reached
        ranked = [commit for commit in self.order if commit in reached]
        ranked += [commit for commit in self.order if commit not in reached]
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

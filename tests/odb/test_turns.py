"""The order of commits: parents first, then by time, whatever their clocks say."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.odb.commits import Links
from keyguard.odb.turns import oldest_first

TREE = "0" * 40


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Links]:
    """Commits whose parents were made before them, with clocks that go back now and then, in any order of names."""
    count = draw(st.integers(0, 24))
    names = draw(st.permutations([f"{number:040x}" for number in range(count)]))
    links = {}
    for number, name in enumerate(names):
        parents = draw(st.lists(st.sampled_from(names[:number]), max_size=3)) if number else []
        absent = draw(st.sampled_from([[], [], ["f" * 40]]))
        links[name] = Links(TREE, (*parents, *absent), number + draw(st.integers(-6, 6)))
    return links


def one_by_one(links: dict[str, Links]) -> list[str]:
    """The same order by definition: of all commits whose parents have had their turn, always the oldest."""
    waiting = {name: {parent for parent in link.parents if parent in links} for name, link in links.items()}
    ready = [(links[name].time, name) for name, parents in waiting.items() if not parents]
    heapify(ready)
    order = []
    while ready:
        _, name = heappop(ready)
        order.append(name)
        for child, parents in waiting.items():
            if name in parents:
                parents.discard(name)
                if not parents:
                    heappush(ready, (links[child].time, child))
    return order


@settings(max_examples=300, deadline=None)
@given(histories())
def test_the_order_is_that_of_the_definition(links: dict[str, Links]) -> None:
    assert oldest_first(links) == one_by_one(links)


def test_a_root_with_a_clock_far_ahead() -> None:
    """Every commit waits for it, through more of them than are gone through at once."""
    names = [f"{number:040x}" for number in range(500)]
    parents = [(), *((name,) for name in names)]
    times = [10**9, *range(500)]
    links = {name: Links(TREE, mine, time) for name, mine, time in zip(names, parents, times)}
    assert oldest_first(links) == names


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_circle_has_no_turn(size: int) -> None:
    names = [f"{number:040x}" for number in range(size)]
    links = {name: Links(TREE, (names[number - 1],), number) for number, name in enumerate(names)}
    links["e" * 40] = Links(TREE, (), 9)
    assert oldest_first(links) == ["e" * 40]

"""The timeline of a history: which commits a ref reaches, and in which order."""

from __future__ import annotations

from keyguard.odb.commits import Links
from keyguard.scan.ancestry import before, read_timeline

TREE = "0" * 40


def test_what_refs_reach_comes_first() -> None:
    a, b, c, d = (letter * 40 for letter in "abcd")
    links = {a: Links(TREE, (), 1), b: Links(TREE, (a,), 2), c: Links(TREE, (a,), 3), d: Links(TREE, (), 0)}
    timeline = read_timeline(links, [c, "missing"], [b])
    assert timeline.head == {a, b}
    assert timeline.reached == {a, b, c}
    assert timeline.in_order(None) == [a, b, c, d]
    assert timeline.in_order({c, d}) == [c, d]
    assert timeline.roots == [a]
    assert before(links, {b, c}) == [a]

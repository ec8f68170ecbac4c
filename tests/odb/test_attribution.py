"""First commits of objects, in trees that are given entry by entry."""

from __future__ import annotations

from keyguard.odb.attribution import MOST_PATHS, Attribution, FirstSeen
from keyguard.odb.births import Keys
from keyguard.odb.treesources import keys_of, open_sources


def name(number: int) -> str:
    """The name of an object (hex)."""
    return f"{number:016x}" + "0" * 24


def keys(*numbers: int) -> Keys:
    return keys_of(map(name, numbers))


def history(trees: dict[int, dict[bytes, int]], *targets: int) -> Attribution:
    """Trees by number, each with file names and numbers of children."""
    loose = {name(tree): [(name(child), file) for file, child in entries.items()] for tree, entries in trees.items()}
    return Attribution(open_sources([], loose), keys_of(map(name, targets)))


def test_an_object_is_seen_at_the_first_root_that_has_it() -> None:
    found = history({10: {b"a": 1}, 11: {b"a": 2}, 12: {b"a": 2, b"b": 1}}, 1, 2).first_seen(keys(10, 11, 12))
    assert found == {1: [FirstSeen(b"a", 0), FirstSeen(b"b", 2)], 2: [FirstSeen(b"a", 1)]}


def test_folders_are_followed() -> None:
    trees = {10: {b"src": 20}, 11: {b"src": 21, b"old": 20}, 20: {b"x": 30}, 21: {b"x": 30, b"y": 1}, 30: {b"z": 1}}
    found = history(trees, 1).first_seen(keys(10, 11))
    assert sorted(found[1]) == [FirstSeen(b"old/x/z", 1), FirstSeen(b"src/x/z", 0), FirstSeen(b"src/y", 1)]


def test_a_target_may_be_a_tree() -> None:
    found = history({10: {b"src": 20}, 20: {b"x": 1}}, 20, 1).first_seen(keys(10))
    assert found == {20: [FirstSeen(b"src", 0)], 1: [FirstSeen(b"src/x", 0)]}


def test_what_no_root_has_is_not_seen() -> None:
    known = history({10: {b"a": 1}, 20: {b"b": 2}, 30: {b"in": 20}}, 1, 2)
    assert known.first_seen(keys(10)) == {1: [FirstSeen(b"a", 0)]}
    assert known.dangling(keys(10)).tolist() == [30]


def test_nothing_leads_to_nothing() -> None:
    assert history({}, 1).first_seen(keys(1, 2)) == {}
    assert history({10: {b"a": 1}}).first_seen(keys(10)) == {}
    assert history({10: {b"a": 1}}, 5).dangling(keys(10)).tolist() == []


def test_a_bomb_gives_the_first_paths() -> None:
    depth, width = 6, 10
    trees = {level: {b"%d" % place: level + 1 for place in range(width)} for level in range(10, 10 + depth)}
    known = history(trees, 10 + depth)
    [seen] = known.first_seen(keys(10)).values()
    assert len(seen) == MOST_PATHS
    assert len({each.path for each in seen}) == MOST_PATHS
    assert known.crowded


def test_a_tree_that_leads_to_itself_ends() -> None:
    known = history({10: {b"again": 10, b"a": 1}}, 1)
    assert FirstSeen(b"again/a", 0) in known.first_seen(keys(10))[1]
    assert known.crowded

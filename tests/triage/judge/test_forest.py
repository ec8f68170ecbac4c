from __future__ import annotations

from keyguard.triage.judge.forest import Forest, Stop, Tree

STUMP = Tree([0, -1, -1], [5, 0, 0], [1, 0, 0], [10, -100, 200])
DEEP = Tree([1, -1, 0, -1, -1], [0, 0, 7, 0, 0], [1, 0, 3, 0, 0], [0, 1, 20, 30, 40])
FOREST = Forest(1000, [STUMP, DEEP], [Stop(1, 950)])


def test_a_glance_may_be_enough() -> None:
    assert FOREST.begin([5, 9]) is None
    assert FOREST.begin([6, 9]) == 1200


def test_the_other_trees() -> None:
    assert FOREST.finish(1200, [6, 0]) == 1201
    assert FOREST.finish(1200, [6, 1]) == 1230
    assert FOREST.finish(1200, [8, 1]) == 1240


def test_shares_add_up_to_the_score() -> None:
    measured = [8, 1]
    roots = sum(tree.value[0] for tree in FOREST.trees)
    early = FOREST.begin(measured)
    assert early is not None
    score = FOREST.finish(early, measured)
    assert sum(FOREST.shares(measured).values()) + roots + FOREST.guess == score
    assert FOREST.shares(measured) == {0: 190 + 20, 1: 20}

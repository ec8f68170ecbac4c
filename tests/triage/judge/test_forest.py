from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.triage.judge.features import NAMES
from keyguard.triage.judge.forest import Forest, Stop, Tree
from keyguard.triage.judge.grove import Grove
from keyguard.triage.judge.weights import read_weights

STUMP = Tree([0, -1, -1], [5, 0, 0], [1, 0, 0], [10, -100, 200])
DEEP = Tree([1, -1, 0, -1, -1], [0, 0, 7, 0, 0], [1, 0, 3, 0, 0], [0, 1, 20, 30, 40])
FOREST = Forest(1000, [STUMP, DEEP], [Stop(1, 950)])


def test_a_glance_may_be_enough() -> None:
    assert FOREST.begin([]) == []
    assert FOREST.begin([[5, 9], [6, 9]]) == [None, 1200]


def test_the_other_trees() -> None:
    assert FOREST.finish([], []) == []
    assert FOREST.finish([1200, 1200, 1200, 0], [[6, 0], [6, 1], [8, 1], [6, 1]]) == [1201, 1230, 1240, 30]


def test_shares_add_up_to_the_score() -> None:
    measured = [8, 1]
    roots = sum(tree.value[0] for tree in FOREST.trees)
    [early] = FOREST.begin([measured])
    assert early is not None
    [score] = FOREST.finish([early], [measured])
    assert sum(FOREST.shares(measured).values()) + roots + FOREST.guess == score
    assert FOREST.shares(measured) == {0: 190 + 20, 1: 20}


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-1, 9), min_size=2, max_size=2), min_size=1, max_size=30))
def test_a_glance_at_some_features_rules_out_nothing_that_passes(rows: list[list[int]]) -> None:
    for measured, total in zip(rows, FOREST.begin(rows)):
        assert FOREST.may_pass(measured, {1}) == (total is not None)
        assert FOREST.may_pass(measured, {0, 1})


def test_arrays_give_what_single_steps_give() -> None:
    """On the trees that come with keyguard, in more rows than are worked on at once."""
    trees = read_weights().forest.trees[60:80]
    rows = [[(row * 31 + place * place * 7) % 131 - 1 for place in range(len(NAMES))] for row in range(1100)]
    expected = [_walked(trees, measured) for measured in rows]
    assert Grove(trees).add([0] * len(rows), rows, 0, len(trees)) == expected
    assert Grove(trees).add([5], rows[:1], 3, 4) == [5 + _walked(trees[3:4], rows[0])]


def _walked(trees: Sequence[Tree], measured: list[int]) -> int:
    total = 0
    for feature, limit, left, value in trees:
        node = 0
        while feature[node] >= 0:
            node = left[node] + (measured[feature[node]] > limit[node])
        total += value[node]
    return total


def test_numpy_is_left_alone_until_there_is_much_to_do() -> None:
    """In a process of its own: with numpy, and without, the sums are the same."""
    script = """
import sys
from keyguard.triage.judge.features import NAMES
from keyguard.triage.judge.weights import read_weights
forest = read_weights().forest
rows = [[(row * 31 + place * place * 7) % 1009 for place in range(len(NAMES))] for row in range(800)]
few = [forest.finish([0], rows[at : at + 1]) for at in range(3)]
assert "numpy" not in sys.modules
many = forest.finish([0] * len(rows), rows)
assert "numpy" in sys.modules
assert [[total] for total in many[:3]] == few
"""
    subprocess.run([sys.executable, "-c", script], check=True)

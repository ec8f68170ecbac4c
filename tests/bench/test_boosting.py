"""The trainer, on data made here: it learns, and it learns the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "bench"))

from judge.boosting import WHOLE, Ints, Plan, Stage, boost, predict

STAGES = (Stage(1, 1), Stage(2, 2))
PLAN = Plan(trees=20, depth=3, columns=1.0)


def _data() -> tuple[Ints, Ints]:
    """A label that is the sign of one column against another, and two columns of noise."""
    numbers = np.arange(400, dtype=np.int64)
    columns = [numbers * 37 % 101, numbers * 53 % 97, numbers * 71 % 89, numbers % 2]
    measured: Ints = np.stack(columns, axis=1)
    labels: Ints = (measured[:, 0] > measured[:, 1]).astype(np.int64)
    return measured, labels


def test_it_learns_the_same_each_time() -> None:
    measured, labels = _data()
    weights = np.full(len(labels), WHOLE)
    assert boost(measured, labels, weights, STAGES, PLAN) == boost(measured, labels, weights, STAGES, PLAN)
    assert boost(measured, labels, weights, STAGES, PLAN) != boost(
        measured, labels, weights, STAGES, PLAN._replace(seed=1)
    )


def test_it_tells_the_labels_apart() -> None:
    measured, labels = _data()
    plan = PLAN._replace(trees=150, rate=0.2)
    guess, trees = boost(measured, labels, np.full(len(labels), WHOLE), (), plan)
    scores = guess + sum((predict(tree, measured) for tree in trees), np.zeros(len(labels), np.int64))
    assert ((scores > 0) == labels).mean() > 0.9


def test_early_trees_see_the_first_columns_only() -> None:
    measured, labels = _data()
    _, trees = boost(measured, labels, np.full(len(labels), WHOLE), STAGES, PLAN)
    assert max(trees[0].feature) <= 0
    assert max(trees[1].feature) <= 1
    assert max(max(tree.feature) for tree in trees) == 1


def test_what_weighs_more_decides() -> None:
    measured: Ints = np.array([[0]] * 20 + [[1]] * 20, np.int64)
    labels: Ints = np.array(([0] * 10 + [1] * 10) * 2, np.int64)
    weights: Ints = np.array([WHOLE] * 10 + [3 * WHOLE] * 10 + [3 * WHOLE] * 10 + [WHOLE] * 10, np.int64)
    guess, trees = boost(measured, labels, weights, (), PLAN._replace(rows=1.0, least=0.0))
    scores = guess + sum((predict(tree, measured) for tree in trees), np.zeros(len(labels), np.int64))
    assert scores[0] > 0 > scores[-1]

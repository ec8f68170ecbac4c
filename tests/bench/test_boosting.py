"""The trainer, on data made here: it learns, and it learns the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "bench"))

from judge.boosting import Ints, Plan, boost, predict

PLAN = Plan(early=2, trees=20, depth=3, columns=1.0)


def _data() -> tuple[Ints, Ints]:
    """A label that is the sign of one column against another, and two columns of noise."""
    numbers = np.arange(400, dtype=np.int64)
    columns = [numbers * 37 % 101, numbers * 53 % 97, numbers * 71 % 89, numbers % 2]
    measured: Ints = np.stack(columns, axis=1)
    labels: Ints = (measured[:, 0] > measured[:, 1]).astype(np.int64)
    return measured, labels


def test_it_learns_the_same_each_time() -> None:
    measured, labels = _data()
    weights = np.ones(len(labels), np.int64)
    assert boost(measured, labels, weights, 2, PLAN) == boost(measured, labels, weights, 2, PLAN)
    assert boost(measured, labels, weights, 2, PLAN) != boost(measured, labels, weights, 2, PLAN._replace(seed=1))


def test_it_tells_the_labels_apart() -> None:
    measured, labels = _data()
    plan = PLAN._replace(trees=150, rate=0.2)
    guess, trees = boost(measured, labels, np.ones(len(labels), np.int64), 4, plan)
    scores = guess + sum((predict(tree, measured) for tree in trees), np.zeros(len(labels), np.int64))
    assert ((scores > 0) == labels).mean() > 0.9


def test_early_trees_see_the_first_columns_only() -> None:
    measured, labels = _data()
    _, trees = boost(measured, labels, np.ones(len(labels), np.int64), 1, PLAN)
    assert all(max(tree.feature) <= 0 for tree in trees[: PLAN.early])

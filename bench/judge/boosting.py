"""Gradient boosting of small trees on whole numbers, the same on every machine for the same seed.

Gradients are rounded to multiples of 2**-16 and summed as whole numbers, so that neither the order of a sum nor the
last bit of an exponential can change a tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keyguard.triage.judge.forest import Tree

Ints = NDArray[np.int64]
WHOLE = 1 << 6  # the weight of one sample
_UNIT = 1 << 16
_BINS = 48


class Plan(NamedTuple):
    """What is learned how: see `boost`."""

    trees: int = 300
    depth: int = 6
    rate: float = 0.06
    rows: float = 0.6
    columns: float = 0.2
    least: float = 6.0
    ridge: float = 4.0
    seed: int = 20261122


class Stage(NamedTuple):
    """The first `trees` use the first `columns` only."""

    trees: int
    columns: int


def boost(measured: Ints, labels: Ints, weights: Ints, stages: Sequence[Stage], plan: Plan) -> tuple[int, list[Tree]]:
    """The first guess and the trees, in thousandths of the log-odds. `measured`: one row a sample; labels 0 and 1;
    weights in parts of `WHOLE`.

    Of `stages` (fewest trees first) the first holds for a tree that has not been passed; after them, all columns.
    """
    random = Random(plan.seed)
    cuts = [_cuts(measured[:, column]) for column in range(measured.shape[1])]
    binned = np.stack([np.searchsorted(cut, measured[:, at]) for at, cut in enumerate(cuts)], axis=1).astype(np.int64)
    share = float((labels * weights).sum()) / float(weights.sum())
    guess = round(1000 * float(np.log(share / (1 - share))))
    scores = np.full(len(labels), guess, np.int64)
    used = [at for at, cut in enumerate(cuts) if len(cut)]
    trees = []
    for number in range(plan.trees):
        chances = 1 / (1 + np.exp(-scores / 1000))
        pull = np.rint((labels - chances) * _UNIT).astype(np.int64) * weights // WHOLE
        bend = np.rint(chances * (1 - chances) * _UNIT).astype(np.int64) * weights // WHOLE
        rows = np.array(sorted(random.sample(range(len(labels)), int(plan.rows * len(labels)))))
        most = next((stage.columns for stage in stages if number < stage.trees), len(cuts))
        usable = [at for at in used if at < most]
        columns = sorted(random.sample(usable, max(1, int(plan.columns * len(usable)))))
        tree = _grow(binned, pull, bend, rows, columns, cuts, plan)
        trees.append(tree)
        scores += predict(tree, measured)
    return guess, trees


def _cuts(column: Ints) -> Ints:
    """The limits between bins: all values but the last where they are few, else quantiles."""
    values = np.unique(column)
    if len(values) > _BINS:
        places = (np.arange(1, _BINS) * len(column)) // _BINS
        values = np.unique([*np.sort(column)[places], column.max()])
    cuts: Ints = values[:-1]
    return cuts


class _Growing(NamedTuple):
    """As Tree; a leaf's value is in thousandths of the log-odds."""

    feature: list[int]
    limit: list[int]
    left: list[int]
    value: list[int]


def _grow(binned: Ints, pull: Ints, bend: Ints, rows: Ints, columns: list[int], cuts: list[Ints], plan: Plan) -> Tree:
    tree = _Growing([], [], [], [])
    chosen = np.array(columns)
    part = binned[np.ix_(rows, chosen)] + np.arange(len(columns)) * _BINS
    waiting = [(np.arange(len(rows)), 0)]
    _add(tree, pull[rows].sum(), bend[rows].sum(), plan)
    node = 0
    while node < len(waiting):
        mine, depth = waiting[node]
        split = _split(part[mine], pull[rows[mine]], bend[rows[mine]], plan) if depth < plan.depth else None
        if split:
            at, limit = split
            tree.feature[node], tree.limit[node] = columns[at], int(cuts[columns[at]][limit])
            tree.left[node] = len(waiting)
            goes_left = part[mine, at] <= limit + at * _BINS
            for half in (mine[goes_left], mine[~goes_left]):
                waiting.append((half, depth + 1))
                _add(tree, pull[rows[half]].sum(), bend[rows[half]].sum(), plan)
        node += 1
    return Tree(*tree)


def _add(tree: _Growing, pull: np.int64, bend: np.int64, plan: Plan) -> None:
    tree.feature.append(-1)
    tree.limit.append(0)
    tree.left.append(0)
    tree.value.append(round(1000 * plan.rate * float(pull) / (float(bend) + plan.ridge * _UNIT)))


def _split(part: Ints, pull: Ints, bend: Ints, plan: Plan) -> tuple[int, int] | None:
    """The best place to split: a number among the columns, and the last bin that goes left."""
    columns = part.shape[1]
    flat = part.ravel()
    size = columns * _BINS
    # Sums of whole numbers below 2**53 are exact in floating point, in any order.
    pulls = np.bincount(flat, np.repeat(pull, columns), size).reshape(columns, _BINS).cumsum(axis=1)
    bends = np.bincount(flat, np.repeat(bend, columns), size).reshape(columns, _BINS).cumsum(axis=1)
    all_pull, all_bend = pulls[0, -1], bends[0, -1]
    ridge, least = plan.ridge * _UNIT, plan.least * _UNIT / 4
    gain = pulls**2 / (bends + ridge) + (all_pull - pulls) ** 2 / (all_bend - bends + ridge)
    gain[(bends < least) | (all_bend - bends < least)] = 0
    best = int(gain.argmax())
    if gain.flat[best] <= all_pull**2 / (all_bend + ridge) + 0.05 * _UNIT:
        return None
    return best // _BINS, best % _BINS


def predict(tree: Tree, measured: Ints) -> Ints:
    """What the tree adds to each row."""
    feature, limit = np.array(tree.feature), np.array(tree.limit)
    left, value = np.array(tree.left), np.array(tree.value)
    at = np.zeros(len(measured), np.int64)
    while (inner := np.flatnonzero(feature[at] >= 0)).size:
        node = at[inner]
        goes_right = measured[inner, feature[node]] > limit[node]
        at[inner] = left[node] + goes_right
    added: Ints = value[at]
    return added

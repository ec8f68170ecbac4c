"""The delta forest of a pack: families to be read depth first, each base held as briefly as can be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.odb.pack import WHOLE, Ints, Pack

ENDLESS = -2


class Forest(NamedTuple):
    """`order`: object numbers, depth first, families whole; the child with the largest family comes last.

    Parallel to the pack: `depths` (-1: the base or its base is lost; -2: the bases lead in a circle), `kinds` (of the
    root), `families` (how many objects hang on an object, itself included), `last` (no sibling comes after this delta).
    """

    order: Ints
    depths: Ints
    kinds: npt.NDArray[np.uint8]
    families: Ints
    last: npt.NDArray[np.bool_]


def grow_forest(pack: Pack) -> Forest:
    """Orders all objects of a pack. Time grows with the objects and the longest chain."""
    bases = pack.bases
    roots, depths = _roots(bases)
    kinds = np.where(depths >= 0, pack.kinds[roots], 0).astype(np.uint8)
    levels = _levels(depths)
    families = np.ones(len(bases), np.int64)
    for level in reversed(levels[1:]):
        np.add.at(families, bases[level], families[level])
    places, last = _places(bases, depths, families, levels)
    known = np.flatnonzero(depths >= 0)
    order = np.empty_like(known)
    order[places[known]] = known
    return Forest(order, depths, kinds, families, last)


def lost_objects(forest: Forest) -> list[int]:
    """Numbers of the objects that no walk of the forest reaches."""
    lost: list[int] = np.flatnonzero(forest.depths < 0).tolist()
    return lost


def endless_objects(forest: Forest) -> list[int]:
    """Those of them whose bases lead in a circle. git goes round it until the memory is full."""
    endless: list[int] = np.flatnonzero(forest.depths == ENDLESS).tolist()
    return endless


def _roots(bases: Ints) -> tuple[Ints, Ints]:
    """Each object's root and its distance, by doubling jumps; what never meets a root is lost or in a cycle."""
    whole = bases == WHOLE
    jumps = np.where(bases >= 0, bases, np.arange(len(bases)))
    depths = (bases >= 0).astype(np.int64)
    for _ in range(max(1, len(bases).bit_length())):
        depths += depths[jumps]
        jumps = jumps[jumps]
        if whole[jumps].all():
            break
    return jumps, np.where(whole[jumps], depths, np.where(bases[jumps] >= 0, ENDLESS, -1))


def _levels(depths: Ints) -> list[Ints]:
    deepest = int(depths.max(initial=-1))
    small = depths.astype(np.min_scalar_type(-deepest - 2))  # few bytes are sorted without a comparison
    order = np.argsort(small, kind="stable")
    cuts = np.searchsorted(depths[order], np.arange(deepest + 2))
    return [order[cuts[level] : cuts[level + 1]] for level in range(deepest + 1)]


def _places(bases: Ints, depths: Ints, families: Ints, levels: list[Ints]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    places = np.zeros(len(bases), np.int64)
    last = np.zeros(len(bases), np.bool_)
    if not levels:
        return places, last
    roots = np.sort(levels[0])
    places[roots] = np.cumsum(families[roots]) - families[roots]
    children = np.flatnonzero(depths > 0)
    children = children[np.argsort(bases[children] * (len(bases) + 1) + families[children], kind="stable")]
    before = np.cumsum(families[children]) - families[children]
    parents = bases[children]
    first = np.ones(len(children), np.bool_)
    first[1:] = parents[1:] != parents[:-1]
    last[children] = np.append(first[1:], True)[: len(children)]
    group_start = np.maximum.accumulate(np.where(first, np.arange(len(children)), 0))
    offsets = np.zeros(len(bases), np.int64)
    offsets[children] = before - before[group_start] + 1
    for level in levels[1:]:
        places[level] = places[bases[level]] + offsets[level]
    return places, last

"""What was learned, as a file: `weights.json` in this package, written by bench/judge/train.py."""

from __future__ import annotations

import json
import os
import sys
from array import array
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import TYPE_CHECKING

from keyguard.model.namedtuple import NamedTuple
from keyguard.triage.judge.features import NAMES
from keyguard.triage.judge.forest import Forest, Stop, Tree
from keyguard.triage.judge.words import Words

if TYPE_CHECKING:
    from os import PathLike

# (pathlib takes as long to import as all of this to read.)
PLACE = os.path.join(os.path.dirname(__file__), "weights.json")
_FORMAT = 3


class Weights(NamedTuple):
    """The least scores for low, medium and high confidence, with what gives the scores."""

    words: Words
    forest: Forest
    limits: tuple[int, int, int]


def read_weights(place: str | PathLike[str] = PLACE) -> Weights:
    with open(place, "rb") as file:
        kept = json.load(file)
    if kept["format"] != _FORMAT or kept["features"] != len(NAMES):
        raise ValueError(f"{place} is not of this version")
    ranks: dict[bytes, int] = {}
    for rank, text in kept["words"].items():
        ranks.update(dict.fromkeys(text.encode().split(), int(rank)))
    trees = list(_trees(kept["sizes"], kept["nodes"]))
    low, medium, high = kept["limits"]
    return Weights(
        Words(a2b_base64(kept["trigrams"]), ranks),
        Forest(kept["guess"], trees, [Stop(*stop) for stop in kept["stops"]]),
        (low, medium, high),
    )


def write_weights(weights: Weights, place: str | PathLike[str] = PLACE) -> None:
    """The same bytes for the same weights."""
    words, forest = weights.words, weights.forest
    ranks: dict[str, list[str]] = {}
    for word, rank in sorted(words.common.items()):
        ranks.setdefault(str(rank), []).append(word.decode())
    kept = {
        "format": _FORMAT,
        "features": len(NAMES),
        "limits": weights.limits,
        "guess": forest.guess,
        "stops": forest.stops,
        "trigrams": _encoded(words.trigrams),
        "words": {rank: " ".join(ranks[rank]) for rank in sorted(ranks)},
        "sizes": [len(tree.feature) for tree in forest.trees],
        "nodes": {part: _packed([getattr(tree, part) for tree in forest.trees]) for part in Tree._fields},
    }
    text = json.dumps(kept, separators=(",", ":")).replace(',"', ',\n"') + "\n"
    with open(place, "wb") as file:
        file.write(text.encode())


def _encoded(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode()


def _packed(rows: Iterable[Sequence[int]]) -> str:
    """Whole numbers one after the other, two bytes each: as numbers of JSON they take ten times as long to read."""
    return _encoded(_in_file_order(array("h", chain.from_iterable(rows))).tobytes())


def _trees(sizes: Iterable[int], nodes: Mapping[str, str]) -> Iterator[Tree]:
    parts = [_in_file_order(array("h", a2b_base64(nodes[part]))).tolist() for part in Tree._fields]
    for start, end in pairwise(accumulate(sizes, initial=0)):
        yield Tree(*(part[start:end] for part in parts))


def _in_file_order(numbers: array[int]) -> array[int]:
    """Numbers of this machine as little-endian ones, or the other way round."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers

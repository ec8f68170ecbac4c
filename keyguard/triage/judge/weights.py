"""What was learned, as a file: `weights.json` in this package, written by bench/judge/train.py."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import NamedTuple

from keyguard.triage.judge.features import NAMES
from keyguard.triage.judge.forest import Forest, Stop, Tree
from keyguard.triage.judge.words import Words

PLACE = Path(__file__).with_name("weights.json")
_FORMAT = 2


class Weights(NamedTuple):
    """The least scores for low, medium and high confidence, with what gives the scores."""

    words: Words
    forest: Forest
    limits: tuple[int, int, int]


def read_weights(place: Path = PLACE) -> Weights:
    kept = json.loads(place.read_bytes())
    if kept["format"] != _FORMAT or kept["features"] != len(NAMES):
        raise ValueError(f"{place} is not of this version")
    ranks = {word: rank for rank, text in kept["words"].items() for word in text.encode().split()}
    words = Words(b64decode(kept["trigrams"]), {word: int(rank) for word, rank in ranks.items()})
    trees = [Tree(*rows) for rows in kept["trees"]]
    low, medium, high = kept["limits"]
    return Weights(words, Forest(kept["guess"], trees, [Stop(*stop) for stop in kept["stops"]]), (low, medium, high))


def write_weights(weights: Weights, place: Path = PLACE) -> None:
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
        "trigrams": b64encode(words.trigrams).decode(),
        "words": {rank: " ".join(ranks[rank]) for rank in sorted(ranks)},
        "trees": forest.trees,
    }
    text = json.dumps(kept, separators=(",", ":")).replace("]],[[", "]],\n[[") + "\n"
    place.write_bytes(text.encode())

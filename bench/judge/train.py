"""Learns the judge's weights from the labelled data: python bench/judge/train.py FOLDER [--output FILE].

FOLDER holds data/, meta/ and status.json (see data.md beside this file). The same data, rules and seed give the same
bytes. Nothing of the data itself is written, but for the words that files of at least three owners share.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import sqrt
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from judge.boosting import WHOLE, Ints, Plan, Stage, boost, predict
from judge.samples import Sample, files, owners, read_samples
from judge.vocabulary import Counts, count, make_words
from keyguard.triage.judge.court import settled
from keyguard.triage.judge.features import BARE, GLANCE, Gauge
from keyguard.triage.judge.forest import Forest, Stop, Tree
from keyguard.triage.judge.weights import PLACE, Weights, write_weights

PLAN = Plan()
LIMITS = (-2200, -1200, 1400)  # log-odds of about 10, 23 and 80 %
# Most candidates end at the first of these, whatever path they have: histories have no paths until late.
STAGES = (Stage(20, BARE), Stage(40, BARE), Stage(70, GLANCE))
_LOST = 0.02  # of what would be reported at low confidence: given up at the last of them


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, default=PLACE)
    given = parser.parse_args()
    samples = read_samples(given.folder)
    write_weights(learn(samples, read_counts(given.folder), frozenset()), given.output)
    print(f"{len(samples)} candidates, {given.output.stat().st_size} bytes")


def read_counts(root: Path) -> dict[str, Counts]:
    """The vocabulary of each owner."""
    owner = owners(root)
    paths: dict[str, list[str]] = defaultdict(list)
    for path in sorted(files(root)):
        paths[owner[path.split("/")[1]]].append(path)
    return {name: count(root, paths[name]) for name in sorted(paths)}


def learn(
    samples: Sequence[Sample], counts: Mapping[str, Counts], without: Collection[str], plan: Plan = PLAN
) -> Weights:
    """Weights from the samples of all owners but those of `without`, whose text is not read either."""
    words = make_words(each for owner, each in counts.items() if owner not in without)
    gauge = Gauge(words)
    # What is settled without trees is no secret to them; where a label says otherwise, they learn nothing from it.
    mine = [
        sample
        for sample in samples
        if sample.owner not in without and (sample.label == 0 or (sample.label == 1 and not settled(sample.scene)))
    ]
    measured: Ints = np.array([gauge.measure(sample.scene) for sample in mine], np.int64)
    labels: Ints = np.array([sample.label for sample in mine], np.int64)
    guess, trees = boost(measured, labels, _weights(mine), STAGES, plan)
    return Weights(words, Forest(guess, trees, _stops(guess, trees, measured)), LIMITS)


def _weights(samples: Sequence[Sample]) -> Ints:
    """What comes again and again, and owners with many candidates, count for less than their number: what is learned is
    for repositories of others. The mean is that of one sample."""
    keys = [(sample.owner, sample.scene.value, sample.scene.name) for sample in samples]
    times = Counter(keys)
    once = [1 / sqrt(times[key]) for key in keys]
    sums: dict[str, float] = defaultdict(float)
    for sample, weight in zip(samples, once):
        sums[sample.owner] += weight
    shares = np.array([weight / sqrt(sums[sample.owner]) for sample, weight in zip(samples, once)])
    weights: Ints = np.rint(WHOLE * shares / shares.mean()).astype(np.int64)
    return weights


def _stops(guess: int, trees: Sequence[Tree], measured: Ints) -> list[Stop]:
    """Where to give up: hardly anything that reaches low confidence in the end is below."""
    sums = [np.full(len(measured), guess, np.int64)]
    for tree in trees:
        sums.append(sums[-1] + predict(tree, measured))
    kept = sums[-1] >= LIMITS[0]
    return [
        Stop(stage.trees, int(np.quantile(sums[stage.trees][kept], _LOST * place / len(STAGES), method="lower")))
        for place, stage in enumerate(STAGES, 1)
    ]


def split(samples: Sequence[Sample], parts: int) -> list[set[str]]:
    """The owners in so many groups of about the same weight."""
    weight: Counter[str] = Counter()
    for sample in samples:
        weight[sample.owner] += 4 if sample.label == 1 else 1
    groups: list[set[str]] = [set() for _ in range(parts)]
    load = [0] * parts
    for owner, more in sorted(weight.items(), key=lambda each: (-each[1], each[0])):
        least = load.index(min(load))
        groups[least].add(owner)
        load[least] += more
    return groups


if __name__ == "__main__":
    main()

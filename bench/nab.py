"""The Numenta Anomaly Benchmark's scoring, written from its definition (Lavin and Ahmad 2015, arXiv:1510.03336).

A detection inside a window counts by how early it is: a sigmoid of its relative position, 1 at the left end; the best
one of a window counts. A detection elsewhere costs up to the weight of a false positive, by the same sigmoid of its
distance from the window before it. The first 15 % of a series (at most 750 rows) do not count. One threshold for all
series is chosen to give the best sum, which is scaled so that no detections give 0 and perfect ones 100.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Profile(NamedTuple):
    """What a missed window and a false detection cost; a found window is worth 1."""

    missed: float
    false: float


PROFILES: Final = {
    "standard": Profile(1.0, 0.11),
    "reward_low_FP": Profile(1.0, 0.22),
    "reward_low_FN": Profile(2.0, 0.11),
}


class Record(NamedTuple):
    """One file: Unix seconds, values, and the first and last row of each labelled window."""

    name: str
    times: Floats
    values: Floats
    windows: list[tuple[int, int]]

    @property
    def category(self) -> str:
        return self.name.partition("/")[0]


def load(folder: Path) -> list[Record]:
    """`folder` holds data/<category>/<file>.csv and combined_windows.json."""
    windows = json.loads((folder / "combined_windows.json").read_text())
    paths = sorted((folder / "data").glob("*/*.csv"))
    return [_record(path, windows.get(f"{path.parent.name}/{path.name}", [])) for path in paths]


def _record(path: Path, windows: Sequence[Sequence[str]]) -> Record:
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    times = np.array([_seconds(row["timestamp"]) for row in rows])
    values = np.array([float(row["value"]) for row in rows])
    spans = [[_seconds(text) for text in window] for window in windows]
    found = [(int(np.searchsorted(times, a)), int(np.searchsorted(times, b, "right")) - 1) for a, b in spans]
    return Record(f"{path.parent.name}/{path.name}", times, values, found)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc).timestamp()


def sigmoid(position: Floats) -> Floats:
    """1 deep before the right end of a window (-1 is its left end), 0 at it, -1 far behind."""
    return np.where(position > 3, -1.0, 2 / (1 + np.exp(5 * np.minimum(position, 3.0))) - 1)


def worths(record: Record, profile: Profile) -> tuple[Floats, NDArray[np.int64]]:
    """What a detection at each row is worth, and the number of the window it is in (-1: none, -2: probation)."""
    rows = len(record.times)
    worth, within = np.full(rows, -profile.false), np.full(rows, -1)
    top = float(sigmoid(np.array(-1.0)))
    for number, (left, right) in enumerate(record.windows):
        width = right - left + 1
        inside = np.arange(left, right + 1)
        within[left : right + 1] = number
        worth[left : right + 1] = sigmoid(-(right - inside + 1) / width) / top
        end = record.windows[number + 1][0] if number + 1 < len(record.windows) else rows
        after = np.arange(right + 1, end)
        worth[right + 1 : end] = sigmoid((after - right) / (width - 1)) * profile.false
    within[: min(math.floor(0.15 * rows), 750)] = -2
    return worth, within


def score(records: Sequence[Record], scores: Sequence[Floats], profile: Profile, threshold: float) -> float:
    """Scaled score of all records at one threshold. 0 where there is no window to find."""
    total = sum(float(gains[values >= threshold].sum()) for values, gains in _all_gains(records, scores, profile))
    return _scaled(total, records, profile)


def best(records: Sequence[Record], scores: Sequence[Floats], profile: Profile) -> tuple[float, float]:
    """The best scaled score and its threshold."""
    pairs = list(_all_gains(records, scores, profile))
    values, gains = np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])
    if not len(values):
        return 0.0, math.inf
    order = np.argsort(-values, kind="stable")
    values, sums = values[order], np.cumsum(gains[order])
    last = np.append(values[1:] != values[:-1], True)
    values, sums = values[last], sums[last]
    at = int(sums.argmax())
    return (_scaled(float(sums[at]), records, profile), float(values[at])) if sums[at] > 0 else (0.0, math.inf)


def tally(record: Record, scores: Floats, threshold: float) -> tuple[int, int]:
    """Windows found, false detections."""
    _, within = worths(record, PROFILES["standard"])
    hit = within[scores >= threshold]
    return len(set(hit[hit >= 0].tolist())), int((hit == -1).sum())


def by_category(
    records: Sequence[Record], scores: Sequence[Floats], profile: Profile, threshold: float
) -> Mapping[str, float]:
    """Scaled score of each category that has windows."""
    found = {}
    for category in sorted({record.category for record in records if record.windows}):
        chosen = [pair for pair in zip(records, scores) if pair[0].category == category]
        found[category] = score([one for one, _ in chosen], [one for _, one in chosen], profile, threshold)
    return found


def _all_gains(records: Sequence[Record], scores: Sequence[Floats], profile: Profile) -> list[tuple[Floats, Floats]]:
    return [_gains(record, values, profile) for record, values in zip(records, scores)]


def _gains(record: Record, scores: Floats, profile: Profile) -> tuple[Floats, Floats]:
    """Scores above 0 and what lowering the threshold to each adds to the sum in which every window starts as missed."""
    worth, within = worths(record, profile)
    rows = np.flatnonzero((within > -2) & (scores > 0))
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    gains = worth[rows]
    for number in range(len(record.windows)):
        inside = within[rows] == number
        held = np.maximum.accumulate(np.append(-profile.missed, worth[rows][inside]))
        gains[inside] = np.diff(held)
    return scores[rows], gains


def _scaled(total: float, records: Sequence[Record], profile: Profile) -> float:
    """`total` is the gain over the detector that finds nothing."""
    windows = sum(len(record.windows) for record in records)
    return 100 * total / (windows * (1 + profile.missed)) if windows else 0.0

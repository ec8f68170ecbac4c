"""Detectors on NAB records: the product's core, the published Windowed Gaussian, nothing, and everything right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from nab import Floats, Record

from keyguard.audit.detect.surprise import Surprise

_QUIET: Final = 86400.0  # seconds in which an alarm loses half its weight against the next


def core(records: Sequence[Record]) -> list[Floats]:
    """The core of keyguard's audit with its own parameters, all files in one causal pass.

    Two things differ from the product: falls count as well, because NAB labels them, and values are taken as they are
    instead of as logarithms of money. As there, one event is one alarm: a score counts where it exceeds all before
    it, which lose half their height each day.
    """
    rows, keys = max(len(record.times) for record in records), len(records)
    values, times = np.full((rows, keys), np.nan), np.zeros((rows, keys))
    for column, record in enumerate(records):
        values[: len(record.times), column], times[: len(record.times), column] = record.values, record.times
    steps = np.array([max(60.0, float(np.median(np.diff(record.times)))) for record in records])
    detector = Surprise(keys, steps, upward=False)
    scores = np.zeros((rows, keys))
    for row in range(rows):
        known = ~np.isnan(values[row])
        hours = (times[row] // 3600).astype(np.int64)
        reading = detector.judge(np.where(known, values[row], 0.0), hours, known, known)
        detector.learn(reading, known)
        scores[row] = reading.score
    return [alarms(scores[: len(record.times), at], record.times) for at, record in enumerate(records)]


def alarms(scores: Floats, times: Floats) -> Floats:
    """`scores` where they exceed what is left of those before, else 0."""
    out, held = np.zeros(len(scores)), 0.0
    for row, value in enumerate(scores):
        held *= 0.5 ** (max(0.0, times[row] - times[row - 1]) / _QUIET) if row else 1.0
        if value > held:
            out[row] = held = value
    return out


def windowed_gaussian(records: Sequence[Record]) -> list[Floats]:
    """NAB's own yardstick: one-sided normal tail over the last 6,400 values, moved on by 100 at a time."""
    return [_gaussian(record.values) for record in records]


def _gaussian(values: Floats) -> Floats:
    out = np.zeros(len(values))
    for row, value in enumerate(values):
        # Files of at most 6,400 rows never move the window.
        seen = values[max(0, (row - 6400) // 100 * 100 if row > 6400 else 0) : row]
        if len(seen):
            spread = float(seen.std()) or 0.000001
            out[row] = 1 - 0.5 * math.erfc(abs(value - float(seen.mean())) / spread / 1.4142)
    return out


def nothing(records: Sequence[Record]) -> list[Floats]:
    return [np.zeros(len(record.times)) for record in records]


def perfect(records: Sequence[Record]) -> list[Floats]:
    """A detection at the left end of each window."""
    out = nothing(records)
    for scores, record in zip(out, records):
        scores[[left for left, _ in record.windows]] = 1.0
    return out

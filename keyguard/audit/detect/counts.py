"""Bursts on quiet keys: how likely a day's requests are under the days before (gamma-Poisson)."""

from __future__ import annotations

from typing import Final

import numpy as np

from keyguard.audit.detect.grid import Grid
from keyguard.audit.series import Flags, Floats, Starts

_QUIET: Final = 0.25  # share of hours with use, above which the seasonal baseline does better
_DAYS: Final = 7.0  # days of history before a verdict
_PRIOR_DAYS: Final = 3.0  # the days of history the prior is worth
_PRIOR_RATE: Final = 1.0  # units a day assumed before a key has shown its own


def burst_rarity(grid: Grid) -> Floats:
    """-log10 of (a bound on) the chance of the last 24 hours' requests; 0 where the key is not quiet.

    A bound by Chernoff: P(N >= n) <= exp(-D), D = n ln(n/m) - (n+r) ln((n+r)/(m+r)) for mean m and size r. Keys
    without requests are counted in tenths of their currency.
    """
    out = np.zeros(grid.values.shape)
    for column in np.flatnonzero(grid.values.any(axis=0)):
        told = grid.requests[:, column].any()
        amounts = grid.requests[:, column] if told else grid.values[:, column] / grid.unit[column]
        out[:, column] = _rarity(amounts, grid.known[:, column], max(1, 86400 // grid.step))
    return out


def _rarity(amounts: Floats, told: Flags, day: int) -> Floats:
    last = _rolled(amounts, day)
    rows = np.arange(len(amounts))
    known = np.cumsum(told, axis=0, dtype=np.int64)
    days = _before(known, day) / day
    active = _before(np.cumsum(amounts > 0, axis=0, dtype=np.int64), day) / np.maximum(_before(known, day), 1)
    mean = (_before(np.cumsum(amounts, axis=0), day) + _PRIOR_RATE * _PRIOR_DAYS) / (days + _PRIOR_DAYS)
    square = _before(np.cumsum(last**2, axis=0), day) / np.maximum(rows - day, 1)
    spread = np.maximum(square - mean**2, 0) + mean * (1 + mean)
    size = mean**2 / np.maximum(spread - mean, 1e-9)
    ratio = np.maximum(last, 1e-9) / mean
    bound = last * np.log(ratio) - (last + size) * np.log((last + size) / (mean + size))
    quiet = (days >= _DAYS) & (active < _QUIET) & (ratio > 1) & (amounts > 0)
    return np.where(quiet, bound / np.log(10), 0.0)


def _rolled(amounts: Floats, rows: int) -> Floats:
    total = np.cumsum(amounts, axis=0)
    return np.asarray(np.maximum(total - _before(total, rows), 0))


def _before(total: Floats | Starts, rows: int) -> Floats:
    """`total` as it stood `rows` earlier."""
    out = np.zeros(total.shape)
    out[rows:] = total[:-rows]
    return out

"""Hard limits: what a person said must not be exceeded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from keyguard.audit.detect.grid import Grid
from keyguard.audit.detect.watched import Watched
from keyguard.audit.series import Flags, Floats, Starts


def breaches(grid: Grid, watched: Sequence[Watched]) -> Flags:
    """The buckets in which a limit is exceeded: with this bucket, its hour, day or month (UTC) is over."""
    out = np.zeros(grid.values.shape, np.bool_)
    for column, one in enumerate(watched):
        limits = one.limits
        amounts = grid.requests[:, column] if limits.of_requests else grid.values[:, column]
        if grid.counted[column] and not limits.of_requests:
            continue
        for limit, period in ((limits.hourly, "h"), (limits.daily, "D"), (limits.monthly, "M")):
            if limit is not None:
                out[:, column] |= (spent(grid.starts, amounts, period) > limit) & (amounts > 0)
    return out


def spent(starts: Starts, amounts: Floats, period: str) -> Floats:
    """For each bucket, the amount since its period began; `period` is numpy's letter (h, D, M)."""
    number = starts.astype("datetime64[s]").astype(f"datetime64[{period}]").astype(np.int64)
    total = np.cumsum(amounts)
    first = np.flatnonzero(np.concatenate(([True], number[1:] != number[:-1])))
    before = np.concatenate(([0.0], total))[first]
    return np.asarray(total - np.repeat(before, np.diff(np.append(first, len(starts)))))

"""What the detectors read: one key's usage as arrays, hour by hour."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from keyguard.model.usage import SeriesName, UsageColumns

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Starts: TypeAlias = NDArray[np.int64]


class Series(NamedTuple):
    """`starts` are Unix seconds, UTC, rising, at multiples of `name.granularity`; the other columns are as long.

    An hour that is not listed is unknown, not zero: nothing is learned from it. `money` is in units of the name's
    currency; `requests` is NaN where it is not told. `complete` is False while a bucket can still grow.
    """

    name: SeriesName
    starts: Starts
    money: Floats
    requests: Floats
    complete: Flags


def from_columns(columns: UsageColumns) -> Series:
    """What the store gives, for arithmetic. Without money, the requests are all there is to judge by."""
    return Series(
        columns.name,
        np.array(columns.starts, np.int64),
        _floats(columns.money),
        _floats(columns.requests),
        np.array(columns.complete, np.bool_),
    )


def _floats(values: list[float | None] | list[int | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)

"""What the detectors read: one key's usage as arrays, hour by hour."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from keyguard.model.usage import UNTOLD, SeriesName, UsageColumns

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Starts: TypeAlias = NDArray[np.int64]


class Series(NamedTuple):
    """`starts` are Unix seconds, UTC, rising, at multiples of `name.granularity`; the other columns are as long.

    An hour that is not listed is unknown, not zero: nothing is learned from it. `money` is in units of the name's
    currency; `requests` is NaN where it is not told. `complete` is False while a bucket can still grow. `tokens`, in
    the name's unit, are there where neither money nor requests are.
    """

    name: SeriesName
    starts: Starts
    money: Floats
    requests: Floats
    complete: Flags
    tokens: Floats | None = None


def from_columns(columns: UsageColumns) -> Series:
    """What the store gives, for arithmetic."""
    starts = _whole(columns.starts)
    return Series(
        columns.name,
        starts,
        _told(columns.money) / 1e9,
        _told(columns.requests),
        ~np.isin(starts, _whole(columns.growing)),
        _told(columns.tokens) if columns.tokens else None,
    )


def _told(text: str) -> Floats:
    numbers = _whole(text)
    return np.where(numbers == UNTOLD, np.nan, numbers)


def _whole(text: str) -> Starts:
    return np.fromstring(text, np.int64, sep=",")

"""Hourly histories for the tests: an office key, a service, a quiet key."""

from __future__ import annotations

import numpy as np

from keyguard.audit.detect.watched import Limits, Watched
from keyguard.audit.series import Floats, Series
from keyguard.model.usage import HOUR, SeriesName, Span

BEGIN = 1_767_571_200  # Monday 2026-01-05, 00:00 UTC


def at(day: float) -> int:
    """Seconds at so many days after BEGIN."""
    return BEGIN + int(day * 24) * HOUR


def office(days: int = 46, seed: int = 1, level: float = 1.0) -> Floats:
    """Dollars an hour: `level` from 9 to 18 on weekdays, a hundredth else, with noise."""
    random = np.random.default_rng(seed)
    hour, day = np.arange(days * 24) % 24, np.arange(days * 24) // 24 % 7
    busy = (hour >= 9) & (hour < 18) & (day < 5)
    return np.asarray(np.where(busy, level, level / 100) * random.gamma(9, 1 / 9, days * 24))


def quiet(days: int = 46) -> Floats:
    """Ten cents at noon every third day."""
    out = np.zeros(days * 24)
    out[12 :: 3 * 24] = 0.1
    return out


def watched(
    money: Floats,
    *,
    key: str = "ci",
    model: str = "",
    limits: Limits | None = None,
    revoked: int | None = None,
    exposed: tuple[Span, ...] = (),
    since: int | None = None,
    complete: bool = True,
) -> Watched:
    """One series; NaN is an hour that is not known. `complete` False: the last hour can still grow."""
    told = ~np.isnan(money)
    starts = (BEGIN + HOUR * np.arange(len(money), dtype=np.int64))[told]
    whole = np.ones(len(starts), np.bool_)
    whole[-1] = complete
    name = SeriesName("openai", "acme", key, model, currency="USD")
    series = Series(name, starts, money[told], np.round(money[told] * 100), whole)
    return Watched(series, limits or Limits(), revoked, exposed, since)


def counted(requests: Floats) -> Watched:
    """A series without money."""
    one = watched(requests)
    series = one.series
    name = series.name._replace(currency="", basis="count")
    return one._replace(series=series._replace(name=name, money=np.full(len(requests), np.nan), requests=requests))

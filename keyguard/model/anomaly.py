"""One event in a usage series that is not normal, from its first bucket to its end."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from keyguard.model.grade import Severity
from keyguard.model.usage import SeriesName


class Kind(Enum):
    """What drew attention to an event; the value is the name in reports."""

    LIMIT = "limit"
    REVOKED = "revoked"
    EXPOSED = "exposed"
    UNUSUAL = "unusual"
    RAMP = "ramp"
    BURST = "burst"
    FIRST = "first-use"
    SILENCE = "after-silence"
    MODEL = "new-model"
    HOUR = "new-hour"


class Anomaly(NamedTuple):
    """Times are starts of buckets, Unix seconds, UTC. Money is in the series' currency, else it is requests,
    or as many as the tokens are worth where these are all that is told.

    `id` stays the same while the event lasts and is read again; data restated later can move its start. `raised` is
    the bucket with which it became worth an alarm; `alarms` are that one and those with which it got worse (cost
    doubled, or something more telling came up). `ended` is None while it may go on. `by_chance` is how often such a
    thing is expected without a cause, in times per 90 days (0 where chance plays no part: limits, revoked keys).
    `excess` is what was spent above normal since `started`.
    """

    id: str
    series: SeriesName
    kind: Kind
    also: tuple[Kind, ...]
    severity: Severity
    started: int
    raised: int
    last: int
    ended: int | None
    observed: float
    expected: float
    excess: float
    by_chance: float
    sentence: str
    causes: tuple[str, ...]
    alarms: tuple[int, ...] = ()

"""A series, and what is known about its key beyond the numbers."""

from __future__ import annotations

from typing import NamedTuple

from keyguard.audit.series import Series
from keyguard.model.usage import Span


class Limits(NamedTuple):
    """Hard limits for each hour, UTC day and UTC month, in money (or requests: `of_requests`). None: no limit."""

    hourly: float | None = None
    daily: float | None = None
    monthly: float | None = None
    of_requests: bool = False


class Watched(NamedTuple):
    """`revoked` is when the key was stopped, Unix seconds. `exposed` are the exposure windows of open incidents.

    `since` is when the account's history begins, where that is earlier than the series: before its first bucket, the
    series was unused.
    """

    series: Series
    limits: Limits = Limits()
    revoked: int | None = None
    exposed: tuple[Span, ...] = ()
    since: int | None = None

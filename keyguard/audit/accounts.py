"""The accounts that are audited, as the configuration names them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

GROUPS = ("key", "project", "model")
SENSITIVITIES = ("low", "normal", "high")
ON_BREACH = ("alert", "stop")


class Limits(NamedTuple):
    """The most that may be spent or asked in an hour, a day and a month (UTC). `unit` is a currency or "requests"."""

    unit: str = "USD"
    hourly: Decimal | None = None
    daily: Decimal | None = None
    monthly: Decimal | None = None

    @property
    def any(self) -> bool:
        return any(limit is not None for limit in (self.hourly, self.daily, self.monthly))


class Mute(NamedTuple):
    """When alarms stay silent: days (0 is Monday), and minutes of the day from `start` to before `end`, UTC.

    `end` before `start` goes over midnight; the day is then that of the start.
    """

    days: tuple[int, ...]
    start: int
    end: int


class Account(NamedTuple):
    """One account of one provider. `credentials` are references by part, "" for the only one."""

    provider: str
    name: str
    credentials: Mapping[str, str]
    parts: Mapping[str, str] = {}
    group: tuple[str, ...] = GROUPS
    granularity: int = 3600
    limits: tuple[Limits, ...] = ()
    key_limits: tuple[Limits, ...] = ()
    on_breach: str = "alert"
    mute: tuple[Mute, ...] = ()
    sensitivity: str = "normal"
    sources: tuple[str, ...] = ()
    days: int = 90

    @property
    def title(self) -> str:
        return f"{self.provider}/{self.name}"


def is_muted(account: Account, seconds: int) -> bool:
    """Whether alarms of an account stay silent at `seconds` (Unix, UTC)."""
    day, minute = divmod(seconds // 60, 1440)
    weekday = (day + 3) % 7  # 1 January 1970 was a Thursday
    for mute in account.mute:
        if mute.start < mute.end:
            if weekday in mute.days and mute.start <= minute < mute.end:
                return True
        elif (weekday in mute.days and minute >= mute.start) or ((weekday - 1) % 7 in mute.days and minute < mute.end):
            return True
    return False

"""How requests are sent: what a person or an installation may set."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Clock(NamedTuple):
    """Time, and waiting: replaced in tests. `monotonic` and `now` are seconds, `now` since 1970."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time


@dataclass(frozen=True, repr=False)
class Settings:
    """Times are seconds, sizes bytes. Proxies can hold a password, so none of this is printed.

    `endpoints` leads a host elsewhere: host name to base URL. `proxies` is scheme to URL; `no_proxy` are host names
    and their endings that are reached directly. `ca_bundle` is a file of certificates that takes the place of the
    usual ones.
    """

    offline: bool = False
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 60.0
    tries: int = 3
    longest_wait: float = 60.0
    per_second: float = 5.0
    at_once: int = 4
    max_body: int = 8 << 20
    ca_bundle: str = ""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: tuple[str, ...] = ()
    user_agent: str = "keyguard"
    clock: Clock = field(default_factory=Clock)

"""Keeps requests to one host apart in time, and few at once."""

from __future__ import annotations

from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.http.settings import Clock


class Pacer:
    """Gates by host. Safe to use from several threads."""

    def __init__(self, per_second: float, at_once: int, clock: Clock) -> None:
        self._gap = 1.0 / per_second if per_second > 0 else 0.0
        self._at_once = max(1, at_once)
        self._clock = clock
        self._lock = Lock()
        self._places: dict[str, BoundedSemaphore] = {}
        self._free: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for a turn at `host`, and hold one of its places meanwhile."""
        with self._lock:
            places = self._places.setdefault(host, BoundedSemaphore(self._at_once))
        with places:
            self._clock.sleep(self._claim(host))
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Let nobody ask `host` for this long: it said so."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._free[host] = max(self._free.get(host, 0.0), until)

    def _claim(self, host: str) -> float:
        """Seconds to wait for the next free moment, which is taken."""
        with self._lock:
            now = self._clock.monotonic()
            moment = max(now, self._free.get(host, now))
            self._free[host] = moment + self._gap
            return moment - now

"""Time for tests: sleeping takes none, and is remembered."""

from __future__ import annotations

from keyguard.http import Clock


class StillClock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self.time = start
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.slept.append(seconds)
            self.time += seconds

    def clock(self) -> Clock:
        return Clock(monotonic=self.now, sleep=self.sleep, now=self.now)

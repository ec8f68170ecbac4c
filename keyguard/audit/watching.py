"""When the next pass is due: at even times, a little apart from everybody else's, and at once after a sleep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.audit.times import floor

if TYPE_CHECKING:
    from keyguard.http import Clock

# While a machine sleeps, a timer may stand still: the wall clock is looked at so often (seconds).
_LOOK: Final = 30.0
LEAST: Final = 60
_MOST_JITTER: Final = 300


class Pace(NamedTuple):
    """A pass is due each `every` seconds, counted from midnight UTC, and `late` seconds after that."""

    every: int
    late: float = 0.0

    def next(self, now: float) -> float:
        """The first due time after `now`."""
        due = floor(int(now - self.late), self.every) + self.every + self.late
        return due if due > now else due + self.every


def jitter(every: int, chance: float) -> float:
    """Seconds for `late`: up to a tenth of the interval, so that many machines do not ask at once."""
    return chance * min(every / 10, _MOST_JITTER)


def watch(once: Callable[[], object], pace: Pace, clock: Clock, stopped: Callable[[], bool]) -> None:
    """Do `once` now, then whenever it is due, until `stopped`.

    One pass makes up for any number that were missed: it reads from where the last one ended. Where the clock was set
    back, the next pass is due by the new time.
    """
    while not stopped():
        once()
        begun = clock.now()
        due = pace.next(begun)
        while not stopped():
            now = clock.now()
            if now >= due:
                break
            if now < begun:
                begun, due = now, pace.next(now)
            clock.sleep(min(_LOOK, due - now))

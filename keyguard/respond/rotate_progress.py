"""How far a rotation has come, from the entries that were written before and after each of its steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from keyguard.state.rotations import Entry

BEGIN, END, FAIL = "begin", "end", "fail"
MAKE, WRITE, CHECK, WAIT, STOP, DROP, DONE = "make", "write", "check", "wait", "stop", "drop", "done"


class Attempt(NamedTuple):
    """One successor that was asked for. `id` is empty where the answer was never read.

    `begun` and `written` are the names of sinks that may hold it, and that do.
    """

    mark: str
    at: float
    before: tuple[str, ...]
    called: str
    id: str = ""
    fingerprint: str = ""
    parts: Mapping[str, str] = {}
    begun: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    checked: float = 0.0
    dropped: bool = False


class Progress(NamedTuple):
    """`attempts` are oldest first; `stopping` says that the old key may be stopped, `stopped` that it is."""

    attempts: tuple[Attempt, ...] = ()
    stopping: bool = False
    stopped: bool = False
    done: bool = False

    @property
    def current(self) -> Attempt | None:
        """The successor that the last attempt made, if it is known to be there."""
        last = self.attempts[-1] if self.attempts else None
        return last if last and last.id and not last.dropped else None


def progress_of(entries: Iterable[Entry]) -> Progress:
    """Replay the entries."""
    made: dict[str, Attempt] = {}
    flags: dict[str, bool] = {}
    for entry in entries:
        if entry.step == STOP:
            flags["stopping"] = entry.phase != FAIL
            flags["stopped"] = entry.phase == END
        elif entry.step == DONE:
            flags["done"] = True
        elif entry.step in _STEPS:
            mark = str(entry.facts["mark"])
            before = made.get(mark) or Attempt(mark, entry.at, (), "")
            made[mark] = before._replace(**_STEPS[entry.step](before, entry))
    return Progress(tuple(made.values()), **flags)


def _making(_: Attempt, entry: Entry) -> dict[str, Any]:
    facts = entry.facts
    if entry.phase == BEGIN:
        return {"before": tuple(facts["before"]), "called": facts["called"]}
    if entry.phase == FAIL:
        return {"dropped": True}
    return {"id": facts["id"], "fingerprint": facts["fingerprint"], "parts": facts["parts"]}


def _writing(attempt: Attempt, entry: Entry) -> dict[str, Any]:
    sink = str(entry.facts["sink"])
    if entry.phase == END:
        return {"written": attempt.written | {sink}}
    return {"begun": attempt.begun | {sink}}


def _checking(_: Attempt, entry: Entry) -> dict[str, Any]:
    return {"checked": entry.at} if entry.phase == END else {}


def _dropping(_: Attempt, entry: Entry) -> dict[str, Any]:
    return {"dropped": True} if entry.phase == END else {}


_STEPS = {MAKE: _making, WRITE: _writing, CHECK: _checking, DROP: _dropping}

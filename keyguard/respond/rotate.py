"""Rotates a key: successor made, written, checked, and only then the old one stopped.

Each step is recorded before and after it, so that a rotation that was killed anywhere goes on from there. The value of
the successor is in memory only: after a crash it is read back from where it was written, or another one is made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.http import HttpError
from keyguard.model import Secret
from keyguard.respond.listing import KeyRecord, RefusedError, moment
from keyguard.respond.rotate_desk import Desk, FullError, Made, RotateError, proved
from keyguard.respond.rotate_leftovers import orphans, too_many
from keyguard.respond.rotate_progress import (
    BEGIN,
    CHECK,
    DONE,
    DROP,
    END,
    FAIL,
    MAKE,
    STOP,
    WAIT,
    WRITE,
    Attempt,
    Progress,
    progress_of,
)
from keyguard.state import rotations
from keyguard.state.rotations import Entry, Rotation

if TYPE_CHECKING:
    from keyguard.respond.sinks import Sink
    from keyguard.state.database import Database


class Outcome(NamedTuple):
    """`state` is "done", or "waiting" for `until` (Unix time; 0 where it is for the old key to fall silent)."""

    state: str
    successor: str
    until: float = 0.0
    note: str = ""


@dataclass(frozen=True)
class Rotator:
    """One rotation at work. `last_use` tells when a key was last used by figures of our own; None where unknown.

    `on_step` hears of every entry as it is recorded.
    """

    rotation: Rotation
    desk: Desk
    sinks: Sequence[Sink]
    state: Database
    last_use: Callable[[str], float | None] = lambda _: None
    on_step: Callable[[Entry], None] = lambda _: None

    def check_sinks(self) -> None:
        """Find out whether every sink can be written, before anything is made."""
        for sink in self.sinks:
            sink.check()

    def run(self) -> Outcome:
        """Go on from where the entries end. KeyguardError where a step fails: run it again later."""
        progress = self._progress()
        if not progress.stopping and not (progress.current and progress.current.checked):
            self._place(progress)
            progress = self._progress()
        current = progress.current
        if current is None:
            raise RotateError("no successor is known", "keyguard rotate --abandon, then begin anew")
        if not progress.stopping:
            waiting = self._waiting(current)
            if waiting:
                return waiting
            self._drop_all(progress, keep=current)
        note = "" if progress.stopped else self._stop(current, again=progress.stopping)
        self._record(DONE, END, ending=rotations.DONE, successor=current.id)
        return Outcome("done", current.id, note=note)

    def abandon(self) -> None:
        """Give up: remove what was made. RotateError where a sink may hold it already."""
        progress = self._progress()
        if progress.stopping or any(attempt.begun for attempt in progress.attempts):
            raise RotateError(
                "the successor may be in use already, so it is not taken back", f"--resume {self.rotation.id}"
            )
        self._drop_all(progress)
        self._record(DONE, END, ending=rotations.LEFT)

    # Making and placing the successor

    def _place(self, progress: Progress) -> None:
        self.check_sinks()
        current = progress.current
        made = self._recovered(current) if current else None
        if current is None or (made is None and not self._everywhere(current)):
            current, made = self._make(progress)
        for sink in self._ordered():
            if sink.name not in current.written:
                current = self._write(sink, current, made)
        self._check(current, made)

    def _make(self, progress: Progress) -> tuple[Attempt, Made]:
        """A further successor. Those before it are removed; one that a sink may hold only where there is no room."""
        for attempt in progress.attempts:
            if not self._is_spread(attempt):
                self._drop(attempt, progress)
        try:
            return self._try(progress)
        except FullError as error:
            left = [attempt for attempt in self._progress().attempts if not attempt.dropped]
            if not left:
                raise too_many(self.desk, error) from None
        for attempt in left:
            self._drop(attempt, progress)
        return self._try(progress)

    def _try(self, progress: Progress) -> tuple[Attempt, Made]:
        mark = f"keyguard-{self.rotation.id}-{len(self._progress().attempts) + 1}"
        keys = self.desk.listed()
        make = self.desk.turn.make
        called = (make.called if make else "").replace("{mark}", mark)
        self._record(MAKE, BEGIN, mark=mark, called=called, before=[each.id for each in keys])
        try:
            made = self.desk.make(mark, self._old(keys))
        except RefusedError as error:
            if error.is_certain:
                self._record(MAKE, FAIL, mark=mark, reason=str(error))
            raise
        fingerprint = self._fingerprint(made.value)
        entry = self._record(MAKE, END, mark=mark, id=made.id, fingerprint=fingerprint, parts=dict(made.parts))
        verdict = proved(self.desk, made, self.rotation.id)
        attempt = Attempt(mark, entry.at, (), called, made.id, fingerprint, made.parts)
        self._record("prove", END, mark=mark, verdict=verdict.state, reason=verdict.reason)
        return attempt, made

    def _old(self, keys: list[KeyRecord]) -> KeyRecord | None:
        """The record of the old key; RotateError where the provider lists keys and it is not among them."""
        key = self.rotation.key
        found = next((each for each in keys if each.id == key), None)
        if self.desk.turn.list is not None and found is None:
            known = ", ".join(each.id for each in keys[:10]) or "none"
            raise RotateError(f"{self.rotation.provider}: there is no key {key} in this account", f"there are: {known}")
        return self.desk.record(key) if self.desk.turn.look and found else found

    def _write(self, sink: Sink, attempt: Attempt, made: Made | None) -> Attempt:
        if made is None:
            raise RotateError(f"{sink.name}: the value of the new key is not known any more")
        self._record(WRITE, BEGIN, mark=attempt.mark, sink=sink.name)
        sink.write(self._values(made))
        self._record(WRITE, END, mark=attempt.mark, sink=sink.name)
        return attempt._replace(begun=attempt.begun | {sink.name}, written=attempt.written | {sink.name})

    def _check(self, attempt: Attempt, made: Made | None) -> None:
        """What stands in the sinks is the successor, and it works."""
        self._record(CHECK, BEGIN, mark=attempt.mark)
        for sink in self.sinks:
            if sink.readable and self._held(sink, attempt) is None:
                raise RotateError(f"{sink.name}: holds something else than was just written", "who else writes there?")
        verdict = proved(self.desk, made, self.rotation.id) if made else None
        facts = {"verdict": verdict.state, "account": verdict.account} if verdict else {"verdict": "not asked again"}
        self._record(CHECK, END, mark=attempt.mark, **facts)

    # Finding what a killed run left

    def _recovered(self, attempt: Attempt) -> Made | None:
        """The successor's value: told once more by the provider, or read back from a sink that holds it."""
        value = self.desk.fetch(attempt.id)
        for sink in self.sinks:
            if value is None and sink.name in attempt.begun and sink.readable:
                value = self._held(sink, attempt)
        return Made(attempt.id, value, attempt.parts) if value else None

    def _held(self, sink: Sink, attempt: Attempt) -> Secret | None:
        """The successor's value as the sink holds it; None where it holds anything else."""
        names = self.rotation.plan["names"]
        found = sink.read(tuple(names.values()))
        value = found[names["secret"]] if found else None
        return value if value and self._fingerprint(value) == attempt.fingerprint else None

    def _everywhere(self, attempt: Attempt) -> bool:
        return {sink.name for sink in self.sinks} <= attempt.written

    def _is_spread(self, attempt: Attempt) -> bool:
        """Whether a sink may hold it that cannot be asked."""
        sinks = {sink.name: sink for sink in self.sinks}
        return any(name in sinks and not sinks[name].readable for name in attempt.begun)

    def _drop_all(self, progress: Progress, keep: Attempt | None = None) -> None:
        for attempt in progress.attempts:
            if keep is None or attempt.mark != keep.mark:
                self._drop(attempt, progress)

    def _drop(self, attempt: Attempt, progress: Progress) -> None:
        """Remove a successor that nobody can use any more."""
        if attempt.dropped:
            return
        found = [attempt.id] if attempt.id else orphans(self.desk, attempt, progress)
        how = self.desk.turn.drop or self.desk.turn.remove or self.desk.turn.stop
        self._record(DROP, BEGIN, mark=attempt.mark, ids=found)
        for each in found if how else ():
            assert how is not None  # noqa: S101 - for mypy: the loop does not run without
            self.desk.end(each, how, again=True)
        self._record(DROP, END, mark=attempt.mark, ids=found)

    # Waiting, and stopping the old key

    def _waiting(self, attempt: Attempt) -> Outcome | None:
        now = self.desk.settings.clock.now()
        until = attempt.checked + float(self.rotation.plan["grace"])
        if now < until:
            self._record(WAIT, BEGIN, until=until)
            return Outcome("waiting", attempt.id, until)
        quiet = float(self.rotation.plan.get("unused", 0))
        if not quiet:
            return None
        used = self._last_use()
        since = max(attempt.checked, used or 0.0)
        if now < since + quiet:
            self._record(WAIT, BEGIN, until=since + quiet, used=used)
            return Outcome("waiting", attempt.id, since + quiet, "the old key was used since" if used else "")
        return None

    def _last_use(self) -> float | None:
        """None where the old key was never used; RotateError where nobody tells."""
        own = self.last_use(self.rotation.key)
        if own is None and not self.desk.turn.tells_use:
            raise RotateError(
                "the new key is in place, but nobody tells when the old one was last used, so it was left alone",
                "set [audit] up to read its use, or give the rotation a --grace",
            )
        record = self.desk.record(self.rotation.key)
        told = [moment(record.used) if record else None, own]
        return max((each for each in told if each is not None), default=None)

    def _stop(self, attempt: Attempt, *, again: bool) -> str:
        turn = self.desk.turn
        how = turn.remove if self.rotation.plan["final"] or turn.stop is None else turn.stop
        if how is None:
            raise RotateError(f"{self.rotation.provider}: its provider file cannot remove a key", "leave --delete out")
        if not again:
            self._gate(attempt)
        self._record(STOP, BEGIN, how=how.do)
        try:
            answer = self.desk.end(self.rotation.key, how, again=again)
        except (HttpError, KeyguardError) as error:
            if isinstance(error, RefusedError) and error.is_certain and not again:
                self._record(STOP, FAIL, reason=str(error))
            raise RotateError(
                f"the new key is in place, but the old one may still work: {error}",
                f"{error.hint}{'; ' if error.hint else ''}keyguard rotate --resume {self.rotation.id}",
            ) from None
        self._record(STOP, END, how=how.do, status=answer.status)
        return how.do

    def _gate(self, attempt: Attempt) -> None:
        """Nothing is stopped unless the successor is there and works at this very moment."""
        records = self.desk.listed()
        found = next((each for each in records if each.id == attempt.id), None)
        if self.desk.turn.list is not None and (found is None or found.is_off):
            raise RotateError(
                f"the new key {attempt.id} is not there any more, or not active: the old one was left alone",
                "keyguard rotate --abandon, then begin anew",
            )
        made = self._recovered(attempt)
        if made is not None:
            proved(self.desk, made, self.rotation.id)

    # Small things

    def _ordered(self) -> list[Sink]:
        """Those that can be read back come first: whatever was written can then be had again after a crash."""
        return sorted(self.sinks, key=lambda sink: not sink.readable)

    def _values(self, made: Made) -> dict[str, Secret]:
        parts = {"secret": made.value, **{name: Secret(text.encode()) for name, text in made.parts.items()}}
        return {name: parts[part] for part, name in self.rotation.plan["names"].items()}

    def _fingerprint(self, value: Secret) -> str:
        return value.fingerprint("rotation", bytes.fromhex(self.rotation.plan["salt"]))

    def _progress(self) -> Progress:
        return progress_of(rotations.entries(self.state, self.rotation.id))

    def _record(self, step: str, phase: str, *, ending: str = "", **facts: Any) -> Entry:
        entry = Entry(self.desk.settings.clock.now(), step, phase, facts)
        rotations.append(self.state, self.rotation.id, entry, ending)
        self.on_step(entry)
        return entry

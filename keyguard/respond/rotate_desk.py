"""What a rotation asks of a provider: make a key, prove it, stop one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.model import Secret
from keyguard.model.verdict import Verdict
from keyguard.providers.answers import first, holds, read_answer
from keyguard.providers.placeholders import fill_text
from keyguard.providers.requests import MissingPartError
from keyguard.providers.verifying import check_of, read_checks
from keyguard.respond.asking import ask, with_copies
from keyguard.respond.listing import KeyRecord, RefusedError, list_keys, read_record, reading_of
from keyguard.respond.verify import Question, verdict_of

if TYPE_CHECKING:
    from keyguard.http import Answer, Client, Settings
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.answers import Condition, Reading
    from keyguard.providers.requests import RequestSpec
    from keyguard.providers.rotating import Stop, Turn

_FETCHES = 8
_PROOFS = 6
_LONGEST_PAUSE = 15.0
_WORKS = frozenset({"live", "restricted"})
_TITLE = 40
_OLD_MARK = re.compile(r"\s*keyguard-[0-9a-f]+-[0-9]+\s*$")


class RotateError(KeyguardError):
    """A rotation cannot go on. What was done is recorded; the old key works as before unless it says otherwise."""


class Made(NamedTuple):
    """A successor: its id, its value, and what belongs to it and is no secret (by name)."""

    id: str
    value: Secret
    parts: Mapping[str, str]


class FullError(RefusedError):
    """The provider allows no further key."""


class Desk(NamedTuple):
    """One account at a provider. `values` are the credential and the parts; no value of a key is among them."""

    file: ActionFile
    turn: Turn
    client: Client
    settings: Settings
    values: Mapping[str, Secret | str]

    def about(self, key: str) -> Desk:
        """The same with the key that is rotated, and what the provider tells of it that requests need."""
        desk = self._replace(values={**self.values, "key": key})
        look = self.turn.look
        if look is None or all(name in desk.values for name in look.parts):
            return desk
        try:
            reading = reading_of(self.client, look.request, desk.values, self.settings)
        except RefusedError as error:
            if error.status in (401, 403):
                raise
            raise RefusedError(
                f"{self.file.name}: there is no key {key} in this account", status=error.status
            ) from None
        told = {name: first(reading, (pointer,)) for name, pointer in look.parts.items()}
        return desk._replace(values={**{name: str(each) for name, each in told.items() if each}, **desk.values})

    def listed(self) -> list[KeyRecord]:
        """All keys that could be meant; none where the provider lists none."""
        if self.turn.list is None:
            return []
        return list(list_keys(self.client, self.turn.list, self.values, self.settings))

    def record(self, key: str) -> KeyRecord | None:
        """What is known of one key, its last use included where a request of its own tells that."""
        found = next((each for each in self.listed() if each.id == key), None)
        return self.look(found or KeyRecord(key)) if self.turn.look else found

    def look(self, key: KeyRecord) -> KeyRecord:
        """The same with what a request about this one key tells beside."""
        if self.turn.look is None:
            return key
        reading = reading_of(self.client, self.turn.look.request, {**self.values, "key": key.id}, self.settings)
        return _joined(key, read_record(reading, self.turn.look.facts))

    def make(self, mark: str, old: KeyRecord | None) -> Made:
        """A new key. FullError where there is no room, RefusedError where it is refused."""
        make = self.turn.make
        if make is None:
            raise RefusedError(f"{self.file.name}: {self.turn.none}")
        values = {**self.values, "mark": mark, "title": title_of(old, mark)}
        called = fill_text(make.called, lambda name: str(values[name]))
        values["successor"] = called
        request = with_copies(make.request, make.copies, old.row if old else None)
        reading = self._done(request, values, make.done, (), full=make.full)
        value = first(reading, make.value) if make.value else self._fetched(values)
        identity = called or str(first(reading, make.id) or "") or self._marked(mark)
        if not isinstance(value, str) or not value or not identity:
            raise RefusedError(f"{self.file.name}: the answer to making a key holds no key where one was expected")
        parts = {name: str(first(reading, (pointer,)) or "") for name, pointer in make.parts.items()}
        own = {name: str(each) for name, each in self.values.items() if name in self.turn.parts}
        return Made(identity.rpartition("/")[2], Secret(value.encode()), {**own, **parts})

    def fetch(self, key: str) -> Secret | None:
        """The value of a key, where the provider tells it a second time."""
        if self.turn.fetch is None:
            return None
        return Secret(self._fetched({**self.values, "successor": key}).encode())

    def prove(self, made: Made) -> Verdict:
        """Whether a key works, by its provider's own [verify] request."""
        check = check_of(read_checks(self.file), self.turn.rule)
        if check is None or check.request is None:
            return Verdict("unknown", check.none if check else "its provider file does not say how to verify it")
        parts = {"key": str(self.values.get("key", "")), **made.parts}
        given = tuple((name, text.encode()) for name, text in parts.items())
        question = Question(self.file.provider, 0, made.value, given)
        return verdict_of(self.client, check, question, self.settings)

    def end(self, key: str, how: Stop, *, again: bool = False) -> Answer:
        """Stop or remove a key. `again`: it was asked before and the answer is not known, so "gone" is as good."""
        values = {**self.values, "key": key, "successor": key}
        record = self.record(key) if how.copies else None
        request = with_copies(how.request, how.copies, record.row if record else None)
        return self._done(request, values, how.done, how.gone if again else ()).answer

    def _marked(self, mark: str) -> str:
        return next((each.id for each in self.listed() if mark in each.title), "")

    def _fetched(self, values: Mapping[str, Secret | str]) -> str:
        fetch = self.turn.fetch
        if fetch is None:
            return ""
        for attempt in range(_FETCHES):
            answer = ask(self.client, fetch.request, values, self.settings.clock.now, repeatable=True)
            reading = read_answer(answer)
            if any(holds(each, reading) for each in fetch.done):
                return str(first(reading, fetch.value) or "")
            self.settings.clock.sleep(min(2.0**attempt, 10.0))
        raise RefusedError(f"{self.file.name}: the new key's value is not told ({answer.status})", status=answer.status)

    def _done(
        self,
        spec: RequestSpec,
        values: Mapping[str, Secret | str],
        done: tuple[Condition, ...],
        gone: tuple[Condition, ...],
        full: tuple[Condition, ...] = (),
    ) -> Reading:
        try:
            answer = ask(self.client, spec, values, self.settings.clock.now)
        except MissingPartError as error:
            raise RefusedError(
                f"{self.file.name}: {error}", f"--part NAME=VALUE; needed: {_parts(self.turn)}"
            ) from None
        reading = read_answer(answer)
        if any(holds(each, reading) for each in (*done, *gone)):
            return reading
        if any(holds(each, reading) for each in full):
            raise FullError(f"{spec.host}: no room for a further key", status=answer.status)
        whose = ": the credential is not accepted, or lacks the scope for it" if answer.status in (401, 403) else ""
        raise RefusedError(f"{spec.host}: {spec.method} answered {answer.status}{whose}", status=answer.status)


def proved(desk: Desk, made: Made, rotation: str) -> Verdict:
    """The verdict on a successor; RotateError where it does not work. New keys can take a while."""
    for attempt in range(_PROOFS):
        verdict = desk.prove(made)
        if verdict.state in _WORKS or (verdict.state == "unknown" and not verdict.host):
            return verdict
        if attempt + 1 < _PROOFS:
            desk.settings.clock.sleep(min(2.0**attempt, _LONGEST_PAUSE))
    raise RotateError(
        f"{desk.file.name}: the new key {made.id} does not work: {verdict.reason or verdict.state}",
        f"nothing was stopped; keyguard rotate --resume {rotation} tries again",
    )


def title_of(old: KeyRecord | None, mark: str) -> str:
    """The title of a successor: the old one's, with the mark that this rotation finds it by."""
    plain = _OLD_MARK.sub("", old.title if old else "")[:_TITLE].strip()
    return f"{plain} {mark}".strip()


def _parts(turn: Turn) -> str:
    return ", ".join(f"{name} ({line})" for name, line in turn.parts.items()) or "none"


def _joined(record: KeyRecord, seen: KeyRecord) -> KeyRecord:
    told = {name: value for name, value in seen._asdict().items() if value and name not in ("id", "over", "row")}
    row = seen.row if record.row is None else record.row
    return record._replace(**told, row=row)

"""The brake of the audit: a provider's reversible stop from [[revoke]], for a key that only its usage tells of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.audit.brake import Attempt
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.http import Settings
    from keyguard.model import Secret
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.answers import Condition
    from keyguard.providers.requests import RequestSpec
    from keyguard.providers.revoking import Way
    from keyguard.state.alarms import Alarm
    from keyguard.state.database import Database

_HASH: Final = re.compile(r"[0-9a-f]{64}")


class _Way(NamedTuple):
    file: ActionFile
    way: Way
    values: Mapping[str, Secret | str]


class ProviderBrake:
    """Uses the credential of the audited account, which must be allowed to change keys."""

    def __init__(self, settings: Settings, state: Database, secrets: Callable[[Account], Mapping[str, Secret]]) -> None:
        self._settings = settings
        self._state = state
        self._secrets = secrets

    def now(self) -> float:
        return self._settings.clock.now()

    def plan(self, account: Account, alarm: Alarm) -> Attempt:
        from keyguard.providers.requests import show

        try:
            way = self._way(account, alarm.key, alarm.project)
            assert way.way.request is not None  # noqa: S101 - for the type checker; _way takes no other
            return Attempt("planned", f"{way.way.do}, which can be undone: {show(way.way.request, way.values)}")
        except KeyguardError as error:
            return Attempt("failed", _said(error))

    def stop(self, account: Account, alarm: Alarm) -> Attempt:
        try:
            way = self._way(account, alarm.key, alarm.project)
            assert way.way.request is not None  # noqa: S101 - as above
            self._send(account, alarm.key, way, way.way.request, way.way.done, undoing=False)
        except KeyguardError as error:
            return Attempt("failed", _said(error))
        undo = f"keyguard audit resume {account.title} --key {alarm.key}"
        return Attempt("stopped", f"stopped ({way.way.do}), because a limit was broken; to undo: {undo}")

    def resume(self, account: Account, key: str, project: str) -> Attempt:
        try:
            way = self._way(account, key, project)
            assert way.way.undo is not None  # noqa: S101 - as above
            self._send(account, key, way, way.way.undo.request, way.way.undo.done, undoing=True)
        except KeyguardError as error:
            return Attempt("failed", _said(error))
        return Attempt("resumed", f"resumed ({way.way.undo.do})")

    def _way(self, account: Account, key: str, project: str) -> _Way:
        """The first way that can be undone and that needs no more than the key's name; KeyguardError where none is."""
        from keyguard.providers.actions import find_file
        from keyguard.providers.revoking import read_ways

        secrets = self._secrets(account)
        _refuse_own(key, secrets)
        values: dict[str, Secret | str] = {"record.id": key, "record.path": key, "id": key, **secrets}
        if project:
            values["record.over"] = project
        if _HASH.fullmatch(key):
            values["secret.sha256"] = key
        file = find_file(account.provider)
        ways = [each for each in (read_ways(file) if file else ()) if each.request and each.undo and not each.aside]
        if file is None or not ways:
            raise KeyguardError(f"{account.provider} has no stop that can be undone; nothing was stopped")
        for way in ways:
            if way.request and way.undo and {*way.request.names, *way.undo.request.names} <= values.keys():
                return _Way(file, way, values)
        raise KeyguardError("the figures do not name this key as its stop needs it; nothing was stopped")

    def _send(
        self, account: Account, key: str, way: _Way, request: RequestSpec, done: tuple[Condition, ...], *, undoing: bool
    ) -> None:
        from keyguard.http import Client
        from keyguard.providers.answers import holds, read_answer
        from keyguard.respond.asking import ask
        from keyguard.state.revocations import Entry, append

        now = self._settings.clock.now
        entry = Entry(
            hashlib.sha256(f"{account.title} {key} {now()}".encode()).hexdigest()[:32], now(), "started",
            "keyguard audit", account.provider, "", "", "", way.way.id, undoing, key, "", request.host,
        )  # fmt: skip
        append(self._state, entry)
        client = Client(self._settings, way.file.hosts)
        try:
            answer = ask(client, request, way.values, now)
        except KeyguardError as error:
            append(self._state, entry._replace(event="unclear", at=now(), detail=str(error)))
            raise
        finally:
            client.close()
        reading = read_answer(answer)
        fine = any(holds(each, reading) for each in done)
        append(self._state, entry._replace(event="accepted" if fine else "refused", at=now(), status=answer.status))
        if not fine:
            raise KeyguardError(
                f"{request.host} answered {answer.status}", f"it needs {way.way.credential}; stop the key by hand"
            )


def _refuse_own(key: str, secrets: Mapping[str, Secret]) -> None:
    """Never the credential that the audit itself reads with: it would blind the audit, and lock the person out."""
    for name, secret in secrets.items():
        value = secret.reveal()
        if key.encode() == value or (name == "credential.id" and key.encode() == value):
            raise KeyguardError("this key is the one that the audit reads with, so it is not stopped")
        if hashlib.sha256(value).hexdigest() == key:
            raise KeyguardError("this key is the one that the audit reads with, so it is not stopped")


def _said(error: KeyguardError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)

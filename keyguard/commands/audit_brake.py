"""The brake of the audit: a provider's reversible stop from [[revoke]], for a key that only its usage tells of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.audit.brake import Attempt
from keyguard.commands.incident_steps import person
from keyguard.errors import KeyguardError
from keyguard.respond.braking import Cause, exposure_of, record
from keyguard.respond.lockout import refuse_lockout, refuse_own, target_of

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.http import Settings
    from keyguard.model import Secret
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.requests import RequestSpec
    from keyguard.providers.revoking import Undo, Way
    from keyguard.respond.listing import KeyRecord
    from keyguard.state.alarms import Alarm, Stop
    from keyguard.state.database import Database

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_WHO: Final = "keyguard audit"


class _Way(NamedTuple):
    file: ActionFile
    way: Way
    stop: RequestSpec
    undo: Undo
    values: Mapping[str, Secret | str]

    @property
    def id(self) -> str:
        """The key's, at the provider."""
        return str(self.values["record.id"])


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
            return Attempt("planned", f"{way.way.do}, which can be undone: {show(way.stop, way.values)}", way.id)
        except KeyguardError as error:
            return Attempt("failed", _said(error))

    def stop(self, account: Account, alarm: Alarm) -> Attempt:
        facts = {"spent": f"{alarm.observed:.2f}", "normal": f"{alarm.expected:.2f}", "currency": alarm.currency}
        title = f"audit stopped key {alarm.key} of {account.title}: a limit was broken"
        try:
            way = self._way(account, alarm.key, alarm.project)
            self._send(account, alarm.key, way, undoing=False)
            done = f"stopped ({way.way.do}), because a limit was broken"
            incident = self._record(account, alarm.key, Cause(alarm.id, title, alarm.sentence, facts), done, _WHO)
        except KeyguardError as error:
            return Attempt("failed", _said(error))
        undo = f"keyguard audit resume {account.title} --key {way.id}"
        return Attempt("stopped", f"{done} (incident {incident}); to undo: {undo}", way.id)

    def resume(self, account: Account, stop: Stop) -> Attempt:
        title = f"audit resumed key {stop.key} of {account.title}"
        try:
            way = self._way(account, stop.record or stop.key, "")
            self._send(account, stop.key, way, undoing=True)
            done = f"resumed ({way.undo.do})"
            incident = self._record(account, stop.key, Cause(stop.alarm, title, stop.detail, {}), done, person())
        except KeyguardError as error:
            return Attempt("failed", _said(error))
        return Attempt("resumed", f"{done} (incident {incident})", way.id)

    def _record(self, account: Account, key: str, cause: Cause, text: str, who: str) -> str:
        return record(self._state, self.now(), who, account.provider, key, cause, f"{account.title} key {key}: {text}")

    def _way(self, account: Account, key: str, project: str) -> _Way:
        """The first way that can be undone and that the figures name enough for; KeyguardError where none is, or where
        the key must not be stopped.
        """
        from keyguard.providers.actions import find_file
        from keyguard.providers.revoking import read_ways

        secrets = self._secrets(account)
        refuse_own(key, secrets)
        file = find_file(account.provider)
        ways = [each for each in (read_ways(file) if file else ()) if each.request and each.undo and not each.aside]
        if file is None or not ways:
            raise KeyguardError(f"{account.provider} has no stop that can be undone; nothing was stopped")
        values: dict[str, Secret | str] = {**account.parts, **secrets, **({"project": project} if project else {})}
        over, listed = project, self._listed(file, values)
        if listed is not None:
            target = target_of(key, listed)
            refuse_lockout(target, listed, secrets)
            key, over = target.id, target.over or over
        values |= {"record.id": key, "id": key} | ({"record.over": over} if over else {})
        if _HASH.fullmatch(key):
            values["secret.sha256"] = key
        for way in ways:
            if way.request and way.undo and {*way.request.names, *way.undo.request.names} <= values.keys():
                return _Way(file, way, way.request, way.undo, values)
        raise KeyguardError("the figures do not name this key as its stop needs it; nothing was stopped")

    def _listed(self, file: ActionFile, values: Mapping[str, Secret | str]) -> list[KeyRecord] | None:
        """The keys of the account; None where the provider lists none, or not by what the figures name."""
        from keyguard.http import Client
        from keyguard.providers.rotating import read_turns
        from keyguard.respond.listing import list_keys

        lists = [turn.list for turn in read_turns(file) if turn.list]
        usable = [each for each in lists if not each.over and {*each.request.names} <= values.keys()]
        if not usable:
            return None
        with closing(Client(self._settings, file.hosts)) as client:
            return [key for each in usable for key in list_keys(client, each, values, self._settings)]

    def _send(self, account: Account, key: str, way: _Way, *, undoing: bool) -> None:
        from keyguard.http import Client
        from keyguard.providers.answers import holds, read_answer
        from keyguard.respond.asking import ask
        from keyguard.respond.evidence import kept
        from keyguard.state.revocations import Entry, append

        now = self._settings.clock.now
        request, done = (way.undo.request, way.undo.done) if undoing else (way.stop, way.way.done)
        exposed = exposure_of(self._state, account.provider, key)
        entry = Entry(
            hashlib.sha256(f"{account.title} {key} {now()}".encode()).hexdigest()[:32], now(), "started", _WHO,
            account.provider, "", exposed.fingerprint if exposed else "", exposed.masked if exposed else "",
            way.way.id, undoing, way.id, "", request.host,
        )  # fmt: skip
        append(self._state, entry)
        try:
            with closing(Client(self._settings, way.file.hosts)) as client:
                answer = ask(client, request, way.values, now)
        except KeyguardError as error:
            append(self._state, entry._replace(event="unclear", at=now(), detail=str(error)))
            raise
        reading = read_answer(answer)
        fine = any(holds(each, reading) for each in done)
        event, said = "accepted" if fine else "refused", kept(answer, way.values.values())
        append(self._state, entry._replace(event=event, at=now(), status=answer.status, answer=said))
        if not fine:
            raise KeyguardError(
                f"{request.host} answered {answer.status}", f"it needs {way.way.credential}; stop the key by hand"
            )


def _said(error: KeyguardError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)

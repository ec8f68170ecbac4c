"""Stops a leaked secret at its provider: which way, whose key, the request, and whether it is dead afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.http import Client, HttpError
from keyguard.providers.actions import find_file
from keyguard.providers.answers import holds, read_answer
from keyguard.providers.requests import MissingPartError, show
from keyguard.providers.revoking import read_ways, reason_of, ways_of
from keyguard.respond.asking import prepare, with_copies
from keyguard.respond.evidence import kept
from keyguard.respond.identify import look_up
from keyguard.respond.material import material
from keyguard.respond.verify import verify_one
from keyguard.state.revocations import Entry

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.http import Answer, Request, Settings
    from keyguard.model import Finding, Secret, Verdict
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.answers import Condition
    from keyguard.providers.requests import RequestSpec, Values
    from keyguard.providers.revoking import Way

_RECORD = "record"
_FIRST_PAUSE = 1.0
_REFUSED = (401, 403)
# What HTTP statuses mean where a file does not say: nothing was done.
_TOO_MANY = 429
Journal = Callable[[Entry], None]


class RevokeError(KeyguardError):
    """A secret that was not stopped, or of which that is not known; the message says which."""


class Target(NamedTuple):
    """The provider's record of the key: its id, that of the group (project) it is in, and that of its account; `row` is
    the record in the provider's own words, where it was asked for."""

    id: str = ""
    over: str = ""
    title: str = ""
    owner: str = ""
    account: str = ""
    row: Any = None


class Stop(NamedTuple):
    """What is to be done, before anything is: one way, or the way back. `even_dead`: though the secret is dead."""

    finding: Finding
    file: ActionFile
    way: Way
    undoing: bool
    trusted: tuple[Path, ...] = ()
    even_dead: bool = False

    @property
    def request(self) -> RequestSpec:
        found = self.way.undo.request if self.undoing and self.way.undo else self.way.request
        assert found is not None  # noqa: S101 - `plan_stop` takes no way without
        return found

    @property
    def done(self) -> tuple[Condition, ...]:
        return self.way.undo.done if self.undoing and self.way.undo else self.way.done

    @property
    def needs_record(self) -> bool:
        """Whether the provider's own record must be found first."""
        return bool(self.way.copies) or any(name.partition(".")[0] == _RECORD for name in self.request.names)

    @property
    def needs_group(self) -> bool:
        return bool({"record.over", "record.account"} & self.request.names)


class Outcome(NamedTuple):
    """`event` is the last one that was recorded; `proven` says that a check afterwards showed what was wanted."""

    event: str
    proven: bool
    verdict: Verdict | None
    status: int = 0


def plan_stop(
    finding: Finding, trusted: Sequence[Path] = (), *, way: str = "", delete: bool = False, undoing: bool = False
) -> Stop:
    """Choose the way: the one of that name, with `delete` the first final one, else the first, which can be undone
    where the provider has such a way. Nothing is sent. RevokeError with the reason where there is none.
    """
    file = find_file(finding.provider, trusted)
    if file is None:
        raise RevokeError(f"{finding.rule}: its rule is of a file whose requests are not trusted", "--trust-rules FILE")
    ways = read_ways(file)
    mine = [each for each in ways_of(ways, finding.rule) if each.request]
    fitting = [each for each in mine if (each.id == way if way else not each.aside)]
    if delete:
        fitting = [each for each in fitting if each.final]
    if undoing:
        fitting = [each for each in fitting if each.undo]
    if fitting:
        return Stop(finding, file, fitting[0], undoing, tuple(trusted), even_dead=delete or undoing)
    raise _no_way(finding, file, ways, mine, wanted=way, undoing=undoing)


def _no_way(
    finding: Finding, file: ActionFile, ways: Sequence[Way], mine: Sequence[Way], *, wanted: str, undoing: bool
) -> RevokeError:
    names = ", ".join(each.id for each in mine)
    all_mine = ways_of(ways, finding.rule)
    command, note = next(((each.run, each.note) for each in all_mine if each.run), ("", ""))
    hint = f"run: {command}" if command else f"keyguard playbook {file.provider}"
    if wanted and mine:
        return RevokeError(f"{finding.rule}: there is no such way as {wanted!r} here", f"--way: {names}")
    if undoing and mine:
        return RevokeError(f"{finding.rule}: stopping it cannot be undone", "make a new key instead")
    if mine and any(not each.aside for each in mine):
        return RevokeError(f"{finding.rule}: there is no final way", "leave --delete out")
    reason = reason_of(file, ways, finding.rule)
    more = f", or one that hits more than this key: --way {names}" if names else ""
    why = f"{reason} ({note})" if note else reason
    return RevokeError(f"{finding.rule}: cannot be stopped by a request: {why}", hint + more)


def find_target(stop: Stop, credential: Mapping[str, Secret], settings: Settings) -> Target:
    """The one record of the secret. IdentifyError where it cannot be chosen: by its id, it can be named by hand."""
    if not stop.needs_record:
        return Target()
    record, row = look_up(stop.finding, credential, settings, stop.trusted)
    return Target(record.id, record.over, record.title, record.owner, record.account, row)


def shown(stop: Stop, target: Target, credential: Mapping[str, Secret]) -> str:
    """The request, with the secret and credentials masked."""
    request = with_copies(stop.request, stop.way.copies, target.row)
    if target.row is None and stop.way.copies:
        later = {name: f"<{name} of its record>" for name in stop.way.copies}
        request = request._replace(json={**request.json, **later})
    return show(request, _values(stop, target, credential))


def carry_out(
    stop: Stop, target: Target, credential: Mapping[str, Secret], settings: Settings, journal: Journal, person: str
) -> Outcome:
    """Send the request, with an entry in the journal before and after, then check what has become of the secret.

    RevokeError where it was refused, or where it is not known whether it was done.
    """
    entry = _entry(stop, target, settings, person)
    before = None if stop.undoing else _verdict(stop, settings)
    if before and before.state == "dead" and not stop.even_dead:
        journal(entry._replace(event="skipped", detail="dead before"))
        return Outcome("skipped", proven=True, verdict=before, status=before.status)
    request = _prepared(stop, target, credential, settings)
    client = Client(settings, stop.file.hosts)
    journal(entry._replace(detail=shown(stop, target, credential).partition("\n")[0]))
    try:
        answer = client.send(request)
    except HttpError as error:
        return _after_silence(stop, error, settings, journal, entry, before)
    finally:
        client.close()
    event = _event(stop, answer)
    said = kept(answer, _values(stop, target, credential).values())
    journal(entry._replace(event=event, at=settings.clock.now(), status=answer.status, answer=said))
    if event in ("refused", "unclear"):
        raise _failure(stop, event, answer.status)
    return _proof(stop, settings, journal, entry._replace(status=answer.status), event, before)


def _prepared(stop: Stop, target: Target, credential: Mapping[str, Secret], settings: Settings) -> Request:
    if stop.way.copies and target.row is None:
        raise RevokeError(f"{stop.finding.rule}: the request repeats the key's record", "leave --key out: it is found")
    request = with_copies(stop.request, stop.way.copies, target.row)
    try:
        return prepare(request, _values(stop, target, credential), settings.clock.now)
    except MissingPartError as error:
        lost = (
            "" if stop.finding.secret.reveal() else "its place does not hold it any more: give it with --stdin --rule"
        )
        raise RevokeError(f"{stop.finding.rule}: {error}, and the request needs it; nothing was sent", lost) from None


def _values(stop: Stop, target: Target, credential: Mapping[str, Secret]) -> Values:
    finding = stop.finding
    if finding.secret.reveal():
        values = material(finding.secret, finding.parts)
    else:
        values = {name: text.decode("utf-8", "replace") for name, text in finding.parts}
    known = {
        "record.id": target.id,
        "record.path": target.id,
        "record.over": target.over,
        "record.account": target.account,
    }
    return {**values, **{name: value for name, value in known.items() if value}, **credential}


def _entry(stop: Stop, target: Target, settings: Settings, person: str) -> Entry:
    finding = stop.finding
    return Entry(
        uuid.uuid4().hex,
        settings.clock.now(),
        "started",
        person,
        stop.file.provider,
        finding.rule,
        finding.fingerprint,
        finding.secret.masked,
        stop.way.id,
        stop.undoing,
        target.id,
        target.over,
        stop.request.host,
    )


def _event(stop: Stop, answer: Answer) -> str:
    reading = read_answer(answer)
    meanings = (("absent", stop.way.gone), ("refused", stop.way.refused), ("accepted", stop.done))
    for plain in (False, True):
        for event, conditions in meanings:
            if any(each.is_plain == plain and holds(each, reading) for each in conditions):
                return event
    return "refused" if answer.status in _REFUSED else "unclear"


def _failure(stop: Stop, event: str, status: int) -> RevokeError:
    what = "undone" if stop.undoing else "stopped"
    if event == "refused":
        whose = f"the credential ({stop.way.credential})" if stop.way.credential else "the secret itself"
        return RevokeError(
            f"{stop.request.host}: answered {status}: {whose} is not accepted or lacks the scope; nothing was done",
            f"keyguard playbook {stop.file.provider}",
        )
    return RevokeError(
        f"{stop.request.host}: answered {status}, which is not known to mean that it was {what}",
        "the attempt is recorded; look in the provider's console, or try again: that does no harm",
    )


def _after_silence(
    stop: Stop, error: HttpError, settings: Settings, journal: Journal, entry: Entry, before: Verdict | None
) -> Outcome:
    """No answer came: what a check says decides whether that counts."""
    unsent = error.status == _TOO_MANY or error.kind in ("offline", "forbidden", "malformed", "unsendable", "tls")
    event = "refused" if unsent else "unclear"
    journal(entry._replace(event=event, at=settings.clock.now(), status=error.status, detail=str(error)))
    if unsent:
        raise RevokeError(f"{error}; nothing was done", error.hint) from None
    verdict = _verdict(stop, settings, before)
    if not stop.undoing and verdict and verdict.state == "dead":
        journal(entry._replace(event="dead", at=settings.clock.now()))
        return Outcome("dead", proven=True, verdict=verdict)
    now = f"the secret is {verdict.state} now" if verdict else "the secret cannot be checked"
    raise RevokeError(
        f"{error}: whether the request was carried out is not known; {now}",
        "the attempt is recorded; try again when the network is back: that does no harm",
    ) from None


def _proof(
    stop: Stop, settings: Settings, journal: Journal, entry: Entry, event: str, before: Verdict | None
) -> Outcome:
    """Ask until the secret is as it should be, or the documented time is over."""
    wanted = ("live", "restricted") if stop.undoing else ("dead",)
    clock, pause = settings.clock, _FIRST_PAUSE
    end = clock.monotonic() + stop.way.wait
    verdict = _verdict(stop, settings, before) if stop.way.proof else None
    while verdict and verdict.state not in wanted and clock.monotonic() < end:
        clock.sleep(min(pause, max(end - clock.monotonic(), 0.1)))
        pause *= 2
        verdict = _verdict(stop, settings, before)
    state = verdict.state if verdict else ""
    seen = {"dead": "dead", "live": "live", "restricted": "live"}.get(state, "unproven")
    detail = verdict.reason if verdict else ""
    journal(entry._replace(event=seen, at=clock.now(), detail=detail))
    return Outcome(event if seen == "unproven" else seen, state in wanted, verdict, entry.status)


def _verdict(stop: Stop, settings: Settings, before: Verdict | None = None) -> Verdict | None:
    """What the provider says of the secret now; None where it cannot be asked.

    A refusal that means nothing by itself means that it is dead where the same request was answered `before`.
    """
    verdict = verify_one(stop.finding, settings, stop.trusted)
    if before and before.state == "live" and verdict.state == "unknown" and verdict.status in _REFUSED:
        return verdict._replace(state="dead", reason=f"accepted before the stop, answered {verdict.status} after it")
    return verdict if verdict.host else None

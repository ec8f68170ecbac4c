"""Incidents: what leaked, since when, what was done about it by whom, and whether every key is dead."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.state import incidents, revocations
from keyguard.state.incidents import Entry

if TYPE_CHECKING:
    from keyguard.model import Finding
    from keyguard.model.verdict import Verdict
    from keyguard.respond.identify import Record
    from keyguard.state.database import Database

OPEN, KEY, VERDICT, STEP, REVOKE, ROTATE, ACCEPT, CLOSE, USAGE = (
    "open",
    "key",
    "verdict",
    "step",
    "revoke",
    "rotate",
    "accept",
    "close",
    "usage",
)
CONTAIN: Final = 5 * 60
INVESTIGATE: Final = 24 * 3600
Place = Callable[[str], tuple[str, ...]]


class IncidentError(KeyguardError):
    """An incident is not there, or not in a state for what was asked."""


class KeyState(NamedTuple):
    """One key of an incident as its entries tell. `state` is live, dead, restricted, unknown or accepted.

    `since` is when that was found out, `ended` when the key was first known to be dead or accepted (0: not yet).
    """

    fingerprint: str
    body: Mapping[str, Any]
    state: str
    since: float
    ended: float
    reason: str = ""


class Case(NamedTuple):
    """An incident as its entries tell."""

    id: str
    title: str
    opened: float
    closed: float
    keys: tuple[KeyState, ...]
    entries: tuple[Entry, ...]

    @property
    def contained(self) -> float:
        """When the last key ended; 0 while one has not."""
        return 0.0 if any(not key.ended for key in self.keys) else max((key.ended for key in self.keys), default=0.0)

    @property
    def head(self) -> str:
        return self.entries[-1].hash


def open_incident(state: Database, now: float, who: str, title: str, bodies: Iterable[Mapping[str, Any]]) -> str:
    """A new incident with these keys; its id."""
    keys = list(bodies)
    if not keys:
        raise IncidentError("there is no finding to open an incident for", "name a report or fingerprints")
    incident = new_id(now)
    providers = ", ".join(dict.fromkeys(str(key["provider"]) for key in keys))
    note(state, incident, now, who, OPEN, {"title": title or f"{len(keys)} leaked: {providers}"})
    for key in keys:
        note(state, incident, now, who, KEY, key)
    return incident


def new_id(now: float) -> str:
    """An id that no incident has: the day, and some letters."""
    day = dt.datetime.fromtimestamp(now, dt.timezone.utc).strftime("%Y%m%d")
    return f"{day}-{secrets.token_hex(3)}"


def note(state: Database, incident: str, at: float, who: str, kind: str, body: Mapping[str, Any]) -> Entry:
    """Add an entry. Nothing in `body` may be a secret: callers give masks and fingerprints."""
    return incidents.append(state, incident, at, who, kind, body)


def case_of(state: Database, incident: str) -> Case:
    """The incident as it stands. IncidentError where there is none."""
    chain = incidents.entries(state, incident)
    if not chain:
        raise IncidentError(f"there is no incident {incident}", "keyguard incident list")
    keys: dict[str, KeyState] = {}
    closed = 0.0
    for entry in chain:
        if entry.kind == CLOSE:
            closed = entry.at
        elif entry.kind == KEY:
            key = _key(entry)
            keys.setdefault(key.fingerprint, key)
        elif entry.body.get("fingerprint") in keys:
            mark = str(entry.body["fingerprint"])
            keys[mark] = _changed(keys[mark], entry)
    return Case(incident, str(chain[0].body.get("title", "")), chain[0].at, closed, tuple(keys.values()), chain)


def close(state: Database, incident: str, now: float, who: str, reason: str) -> None:
    """IncidentError where a key is neither dead nor accepted, or the chain is broken."""
    case = case_of(state, incident)
    if case.closed:
        raise IncidentError(f"{incident} is closed already")
    if wrong := incidents.breaks(case.entries):
        raise IncidentError(f"{incident}: its record was changed: {'; '.join(wrong)}", "keyguard incident verify")
    alive = [key for key in case.keys if not key.ended]
    if alive:
        shown = "; ".join(f"{key.body['rule']} {key.body['masked']} is {key.state}" for key in alive)
        raise IncidentError(
            f"{incident} stays open: {shown}",
            f"keyguard incident check {incident}, or accept {incident} {alive[0].fingerprint[:8]} --reason TEXT",
        )
    note(
        state, incident, now, who, CLOSE, {"reason": reason, "keys": {key.fingerprint: key.state for key in case.keys}}
    )


def accept(state: Database, incident: str, now: float, who: str, fingerprint: str, reason: str) -> None:
    """Let a key that cannot be proved dead count as settled, for a reason that stays in the record."""
    key = key_of(case_of(state, incident), fingerprint)
    note(state, incident, now, who, ACCEPT, {"fingerprint": key.fingerprint, "reason": reason})


def key_of(case: Case, fingerprint: str) -> KeyState:
    found = [key for key in case.keys if key.fingerprint.startswith(fingerprint)]
    if len(found) != 1 or not fingerprint:
        raise IncidentError(f"{case.id}: {'no' if not found else 'more than one'} key begins with {fingerprint!r}")
    return found[0]


def absorb(state: Database, incident: str) -> int:
    """Take in what `keyguard revoke` did to the keys of an incident, before it was opened too; how many entries that
    made."""
    case = case_of(state, incident)
    known = {(entry.body.get("attempt"), entry.body.get("event")) for entry in case.entries if entry.kind == REVOKE}
    count = 0
    for key in case.keys:
        for entry in revocations.entries(state, key.fingerprint):
            if (entry.attempt, entry.event) in known:
                continue
            body = {name: value for name, value in entry._asdict().items() if value not in ("", 0, False)}
            body["done_at"] = body.pop("at")
            note(state, incident, entry.at, entry.person, REVOKE, body)
            count += 1
    return count


def key_body(
    finding: Finding, verdict: Verdict | None = None, record: Record | None = None, remotes: Iterable[str] = ()
) -> dict[str, Any]:
    """What an incident keeps of a finding: places, exposure, verdict and record, never the value."""
    return {
        "rule": finding.rule,
        "provider": finding.provider,
        "title": finding.title,
        "severity": finding.severity.label,
        "fingerprint": finding.fingerprint,
        "masked": finding.secret.masked,
        "parts": {name: text.decode("utf-8", "replace") for name, text in finding.parts},
        "places": [_place(each) for each in finding.occurrences],
        "exposed_since": exposed_since(finding),
        "pushed_to": list(remotes),
        "verdict": _plain(verdict),
        "record": _plain(record),
    }


def exposed_since(finding: Finding) -> str:
    """The date of the first commit that held it, ISO 8601; empty where no commit is known."""
    dates = [each.provenance.date for each in finding.occurrences if each.provenance and each.provenance.date]
    return min(dates, key=_moment, default="")


def verdict_body(fingerprint: str, verdict: Verdict) -> dict[str, Any]:
    """The evidence of one question to a provider: whom, when, what it said."""
    return {"fingerprint": fingerprint, **_plain(verdict)}


def _place(occurrence: Any) -> dict[str, Any]:
    location, provenance = occurrence
    place = {"kind": location.kind, "path": location.path.decode("utf-8", "replace"), "line": location.line}
    if provenance:
        fields = ("object", "commit", "author", "email", "date", "state")
        place |= {name: getattr(provenance, name) for name in fields if getattr(provenance, name)}
    return place


def _plain(value: Any) -> dict[str, Any]:
    told = value._asdict() if value else {}
    return {name: list(each) if isinstance(each, tuple) else each for name, each in told.items() if each}


def _moment(text: str) -> float:
    try:
        return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return float("inf")


def _key(entry: Entry) -> KeyState:
    state = str((entry.body.get("verdict") or {}).get("state", "unknown"))
    ended = entry.at if state == "dead" else 0.0
    return KeyState(str(entry.body["fingerprint"]), entry.body, state, entry.at, ended)


def _changed(key: KeyState, entry: Entry) -> KeyState:
    body = entry.body
    if entry.kind == ACCEPT:
        return key._replace(state="accepted", since=entry.at, ended=key.ended or entry.at, reason=str(body["reason"]))
    state = str(body.get("state", "")) if entry.kind == VERDICT else ""
    if entry.kind == REVOKE and body.get("event") in ("dead", "live"):
        state = str(body["event"])
    if not state or (state == "unknown" and key.ended):
        return key
    if entry.at < key.since and key.state in ("live", "restricted"):
        return key  # what was done before it was found to live did not last
    ended = (key.ended or entry.at) if state == "dead" else 0.0
    return key._replace(state=state, since=entry.at, ended=ended)

"""Writes what the audit's brake did into an incident: that of the key, or one of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.respond.exposures import exposures
from keyguard.respond.incident import CLOSE, OPEN, STEP, USAGE, new_id, note
from keyguard.state.incidents import entries, incidents

if TYPE_CHECKING:
    from keyguard.respond.exposures import Exposure
    from keyguard.state.database import Database


class Cause(NamedTuple):
    """Why the brake was pulled: the alarm's id, its sentence and its figures."""

    alarm: str
    title: str
    sentence: str
    facts: Mapping[str, Any]


def exposure_of(state: Database, provider: str, key: str) -> Exposure | None:
    """The exposure of that key in an open incident, the newest one."""
    found = [each for each in exposures(state) if each.provider == provider and key in each.names and not each.closed]
    return found[-1] if found else None


def record(state: Database, at: float, who: str, provider: str, key: str, cause: Cause, text: str) -> str:
    """Add a step to the open incident of the key or of the alarm, else to a new one; its id."""
    exposed = exposure_of(state, provider, key)
    step = {"text": text, "key": key, "alarm": cause.alarm}
    incident = exposed.incident if exposed else _of_alarm(state, cause.alarm) or _opened(state, at, who, cause)
    note(state, incident, at, who, STEP, {**step, "fingerprint": exposed.fingerprint} if exposed else step)
    return incident


def _of_alarm(state: Database, alarm: str) -> str:
    for incident in reversed(incidents(state)):
        chain = entries(state, incident)
        if chain[0].body.get("alarm") == alarm and not any(each.kind == CLOSE for each in chain):
            return incident
    return ""


def _opened(state: Database, at: float, who: str, cause: Cause) -> str:
    incident = new_id(at)
    note(state, incident, at, who, OPEN, {"title": cause.title, "alarm": cause.alarm})
    note(state, incident, at, who, USAGE, {"text": cause.sentence, "facts": dict(cause.facts)})
    return incident

"""Since when, and until when, each key of an incident was in strange hands, and what its provider's figures call it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.respond.incident import case_of
from keyguard.state.incidents import incidents

if TYPE_CHECKING:
    from keyguard.state.database import Database


class Exposure(NamedTuple):
    """One key of one incident. Times are Unix seconds; `until` is when the key was known to be dead, or was accepted
    as settled, None while it was neither.

    `names` are what the provider may call the key: empty where it was not identified. `closed` is of the incident.
    """

    incident: str
    provider: str
    fingerprint: str
    masked: str
    names: frozenset[str]
    since: int
    until: int | None
    dead: bool
    closed: bool


def exposures(state: Database) -> tuple[Exposure, ...]:
    """Those of all incidents, the oldest incident first. A key whose commits are not known counts from its incident's
    opening.
    """
    return tuple(
        Exposure(
            case.id,
            str(key.body["provider"]),
            key.fingerprint,
            str(key.body["masked"]),
            names_of(key.body),
            exposed_from(key.body) or int(case.opened),
            int(key.ended) if key.ended else None,
            key.state == "dead",
            bool(case.closed),
        )
        for case in (case_of(state, each) for each in incidents(state))
        for key in case.keys
    )


def names_of(body: Mapping[str, Any]) -> frozenset[str]:
    """The provider's names for a key of an incident: its id, the last part of an id that is a path, its title, and the
    id that leaked with it.
    """
    record = body.get("record") or {}
    identity, leaked_with = str(record.get("id", "")), str((body.get("parts") or {}).get("id", ""))
    found = {identity, identity.rpartition("/")[2], str(record.get("title", "")), leaked_with}
    return frozenset(found - {""})


def exposed_from(body: Mapping[str, Any]) -> int | None:
    """When a key of an incident was first in a commit; None where that is not known."""
    try:
        return int(dt.datetime.fromisoformat(str(body.get("exposed_since", "")).replace("Z", "+00:00")).timestamp())
    except ValueError:
        return None

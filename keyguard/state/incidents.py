"""Incidents in the state file: entries that are only ever added, each chained to the one before it by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from keyguard.state.database import Area, Database

AREA: Final = Area(
    "incident",
    (
        """
        CREATE TABLE incident_entry (
          incident TEXT NOT NULL, number INTEGER NOT NULL, at REAL NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,
          body TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (incident, number)
        ) WITHOUT ROWID
        """,
    ),
)
GENESIS: Final = "0" * 64


class Entry(NamedTuple):
    """One entry. `hash` is SHA-256 over the canonical JSON of all that stands before it here, `previous` included."""

    incident: str
    number: int
    at: float
    who: str
    kind: str
    body: Mapping[str, Any]
    previous: str
    hash: str


def canonical(value: Any) -> str:
    """JSON with sorted names and no spaces: the same text for the same value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def hash_of(incident: str, number: int, at: float, who: str, kind: str, body: Any, previous: str) -> str:
    text = canonical([previous, incident, number, at, who, kind, body])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def append(state: Database, incident: str, at: float, who: str, kind: str, body: Mapping[str, Any]) -> Entry:
    """Add one entry behind the last one; on disk when this returns. The first entry of an id opens the incident."""
    plain = json.loads(canonical(body))
    with state.writing() as connection:
        last = connection.execute(
            "SELECT number, hash FROM incident_entry WHERE incident = ? ORDER BY number DESC LIMIT 1", (incident,)
        ).fetchone()
        number, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
        digest = hash_of(incident, number, float(at), who, kind, plain, previous)
        entry = Entry(incident, number, float(at), who, kind, plain, previous, digest)
        connection.execute(
            "INSERT INTO incident_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*entry[:5], canonical(plain), previous, digest),
        )
    return entry


def entries(state: Database, incident: str) -> tuple[Entry, ...]:
    rows = state.rows("SELECT * FROM incident_entry WHERE incident = ? ORDER BY number", (incident,))
    return tuple(
        Entry(incident, number, at, who, kind, _read(body), previous, digest)
        for _, number, at, who, kind, body, previous, digest in rows
    )


def incidents(state: Database) -> list[str]:
    """The ids of all incidents, oldest first."""
    rows = state.rows("SELECT incident, MIN(at) FROM incident_entry GROUP BY incident ORDER BY 2, 1")
    return [str(row[0]) for row in rows]


def breaks(chain: tuple[Entry, ...]) -> list[str]:
    """What is wrong with a chain, in words; nothing where every entry is as it was written."""
    found: list[str] = []
    previous = GENESIS
    for place, entry in enumerate(chain, 1):
        if entry.number != place:
            found.append(f"entry {place} is missing")
            break
        if entry.previous != previous:
            found.append(f"entry {entry.number} does not follow the one before it")
        if hash_of(*entry[:5], entry.body, entry.previous) != entry.hash:
            found.append(f"entry {entry.number} was changed")
        previous = entry.hash
    return found


def _read(text: str) -> Any:
    """The body; a text that is no JSON any more is a body of another kind, which its hash will tell."""
    try:
        return json.loads(text)
    except ValueError:
        return {"unreadable": text}

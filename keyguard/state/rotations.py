"""Rotations in the state file: what is to be done, and an entry before and after each step of it. No values of keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from keyguard.errors import StateError
from keyguard.state.database import Area, Database

AREA: Final = Area(
    "rotation",
    (
        """
        CREATE TABLE rotation (
          id TEXT PRIMARY KEY, provider TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, plan TEXT NOT NULL,
          opened REAL NOT NULL, state TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE rotation_entry (
          rotation TEXT NOT NULL REFERENCES rotation, number INTEGER NOT NULL, at REAL NOT NULL, step TEXT NOT NULL,
          phase TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (rotation, number)
        ) WITHOUT ROWID
        """,
    ),
)
OPEN, DONE, LEFT = "open", "done", "abandoned"


class Rotation(NamedTuple):
    """`plan` is what was asked for, in plain words of JSON: sinks, names, parts, grace. `opened` is a Unix time."""

    id: str
    provider: str
    kind: str
    key: str
    plan: Mapping[str, Any]
    opened: float
    state: str = OPEN


class Entry(NamedTuple):
    """`phase` is "begin" (about to be done), "end" (done), or "fail" (tried, and did not happen)."""

    at: float
    step: str
    phase: str
    facts: Mapping[str, Any]


def add(state: Database, rotation: Rotation) -> None:
    """StateError where one of the same key is under way."""
    with state.writing() as connection:
        same = connection.execute(
            "SELECT id FROM rotation WHERE provider = ? AND kind = ? AND key = ? AND state = ?",
            (rotation.provider, rotation.kind, rotation.key, OPEN),
        ).fetchone()
        if same:
            raise StateError(
                f"{rotation.provider} {rotation.key}: a rotation of this key is under way ({same[0]})",
                f"keyguard rotate --resume {same[0]}",
            )
        connection.execute(
            "INSERT INTO rotation VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*rotation[:4], json.dumps(rotation.plan, sort_keys=True), *rotation[5:]),
        )


def rotations(state: Database, *, only_open: bool = False) -> list[Rotation]:
    """All, oldest first."""
    found = state.rows("SELECT id, provider, kind, key, plan, opened, state FROM rotation ORDER BY opened, id")
    every = [
        Rotation(identity, provider, kind, key, json.loads(plan), opened, ended)
        for identity, provider, kind, key, plan, opened, ended in found
    ]
    return [each for each in every if not only_open or each.state == OPEN]


def append(state: Database, rotation: str, entry: Entry, ending: str = "") -> None:
    """Add an entry; with `ending` the rotation gets that state in the same transaction."""
    with state.writing() as connection:
        connection.execute(
            "INSERT INTO rotation_entry SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?, ? FROM rotation_entry"
            " WHERE rotation = ?",
            (rotation, entry.at, entry.step, entry.phase, json.dumps(entry.facts, sort_keys=True), rotation),
        )
        if ending:
            connection.execute("UPDATE rotation SET state = ? WHERE id = ?", (ending, rotation))


def entries(state: Database, rotation: str) -> list[Entry]:
    found = state.rows(
        "SELECT at, step, phase, facts FROM rotation_entry WHERE rotation = ? ORDER BY number", (rotation,)
    )
    return [Entry(at, step, phase, json.loads(facts)) for at, step, phase, facts in found]

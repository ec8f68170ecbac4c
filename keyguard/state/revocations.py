"""What was done to stop secrets: one entry before each request, and one for what came of it. Only ever added to."""

from __future__ import annotations

from typing import Final, NamedTuple

from keyguard.state.database import Area, Database

AREA: Final = Area(
    "revocation",
    (
        """CREATE TABLE revocation_entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT, attempt TEXT NOT NULL, at REAL NOT NULL, event TEXT NOT NULL,
            person TEXT NOT NULL, provider TEXT NOT NULL, rule TEXT NOT NULL, fingerprint TEXT NOT NULL,
            masked TEXT NOT NULL, way TEXT NOT NULL, undoing INTEGER NOT NULL, target TEXT NOT NULL,
            target_in TEXT NOT NULL, host TEXT NOT NULL, status INTEGER NOT NULL, detail TEXT NOT NULL);
        CREATE INDEX revocation_by_fingerprint ON revocation_entry (fingerprint, id)""",
        "ALTER TABLE revocation_entry ADD COLUMN answer TEXT NOT NULL DEFAULT ''",
    ),
)


class Entry(NamedTuple):
    """One event of one attempt. `at` is in Unix seconds; `target` is the provider's id of the key, `target_in` that of
    the group (project) it is in. `masked` is all that is kept of the secret, `answer` what the provider said, without
    secrets.

    Events: "started" (the request is about to be sent), "accepted", "refused", "unclear" (whether it was done is not
    known), "absent" (the provider knows no such key), "dead", "live", "unproven" (what a check said afterwards),
    "skipped" (it was dead before, and nothing was sent).
    """

    attempt: str
    at: float
    event: str
    person: str
    provider: str
    rule: str
    fingerprint: str
    masked: str
    way: str
    undoing: bool = False
    target: str = ""
    target_in: str = ""
    host: str = ""
    status: int = 0
    detail: str = ""
    answer: str = ""


_COLUMNS: Final = ", ".join(Entry._fields)
_MARKS: Final = ", ".join("?" * len(Entry._fields))


def append(state: Database, entry: Entry) -> None:
    """Keep one entry; on disk when this returns."""
    with state.writing() as connection:
        statement = f"INSERT INTO revocation_entry ({_COLUMNS}) VALUES ({_MARKS})"  # noqa: S608 - names of our own
        connection.execute(statement, entry)


def entries(state: Database, fingerprint: str = "") -> tuple[Entry, ...]:
    """All entries, or those of one secret, in the order they were made."""
    condition, values = ("WHERE fingerprint = ?", (fingerprint,)) if fingerprint else ("", ())
    statement = f"SELECT {_COLUMNS} FROM revocation_entry {condition} ORDER BY id"  # noqa: S608 - names of our own
    return tuple(Entry(*row)._replace(undoing=bool(row[9])) for row in state.rows(statement, values))


def last_stop(state: Database, fingerprint: str) -> Entry | None:
    """The latest entry of a stop of this secret that may have been carried out: one that broke off counts too."""
    last = {each.attempt: each for each in entries(state, fingerprint) if not each.undoing}
    found = [each for each in last.values() if each.event not in ("refused", "skipped")]
    return found[-1] if found else None

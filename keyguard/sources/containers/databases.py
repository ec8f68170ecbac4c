"""Reads the tables of SQLite databases, without running anything that a database holds."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from keyguard.sources.containers.budget import Budget, Member, Refusal, RefusedError, SpentError, read_all

if TYPE_CHECKING:
    import sqlite3

_STEPS = 100_000
_PIECE = 4 << 20
# https://www.sqlite.org/fileformat.html (1.3.3): 1 for a rollback journal, 2 for a write-ahead log, without which the
# file would not be opened.
_VERSIONS = slice(18, 20)
SHARED_MEMORY = "/dev/shm"  # noqa: S108 - not a disk, and what is put there has a name of its own


def sqlite_members(file: BinaryIO, budget: Budget) -> Iterator[Member | Refusal]:
    """One text a table: a line `column = value` for each text and blob in it, with an empty line between rows.

    Views, virtual tables and triggers are left alone. A journal beside the file is not looked at.
    """
    try:
        import sqlite3
    except ImportError:
        raise RefusedError("this Python has no sqlite3") from None
    content = bytearray(read_all(file, budget.allowance.member))
    content[_VERSIONS] = b"\1\1"
    try:
        with contextlib.closing(_opened(content)) as database:
            database.set_progress_handler(lambda: _is_late(budget), _STEPS)
            database.text_factory = bytes
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA query_only = ON")
            yield from _tables(database, budget)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        budget.check_time()
        raise RefusedError(f"its tables cannot be read: {error}") from error


def _opened(content: bytearray) -> sqlite3.Connection:
    """The database, from memory alone: what is in it is not written to a disk."""
    import sqlite3

    if hasattr(sqlite3.Connection, "deserialize"):
        database = sqlite3.connect(":memory:")
        database.deserialize(content)
        return database
    # Python 3.10 reads no database from memory, but from a file that is in memory and gone as soon as it is open.
    place = os.path.join(SHARED_MEMORY, f"keyguard-{os.urandom(16).hex()}")
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise RefusedError("its tables need Python 3.11; it was read as plain bytes") from None
    try:
        with open(handle, "wb") as shared:
            shared.write(content)
        database = sqlite3.connect(f"file:{place}?mode=ro&immutable=1", uri=True)
        database.execute("PRAGMA schema_version")  # opens it
    except OSError as error:
        raise RefusedError(f"its tables cannot be read: {error.strerror}") from error
    finally:
        os.unlink(place)
    return database


def _is_late(budget: Budget) -> bool:
    try:
        budget.check_time()
    except SpentError:
        return True
    return False


def _tables(database: sqlite3.Connection, budget: Budget) -> Iterator[Member]:
    schema = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name"
    for (name,) in database.execute(schema).fetchall():
        budget.open_member()
        quoted = name.decode("utf-8", "replace").replace('"', '""')
        rows = database.execute(f'SELECT * FROM "{quoted}"')  # noqa: S608 - a table's name cannot be a parameter
        columns = [str(column[0]).encode() for column in rows.description]
        parts: list[bytes] = []
        size = 0
        for row in rows:
            lines = b"".join(b"%s = %s\n" % (column, value) for column, value in zip(columns, row) if _is_text(value))
            parts.append(lines + b"\n")
            size += len(lines) + 1
            if size > _PIECE:
                budget.take(size)
                yield Member(name, b"".join(parts))
                parts, size = [], 0
        budget.take(size)
        if size:
            yield Member(name, b"".join(parts))


def _is_text(value: object) -> bool:
    return isinstance(value, bytes) and bool(value)

"""The state file: SQLite, private, brought up to date by version, safe under two writers.

Each area (`state/usage.py` …) owns its tables and says how they came to be; this module knows none of them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from keyguard.errors import StateError

FILE_NAME: Final = "state.sqlite3"
# Two runs at once wait for each other this long.
PATIENCE: Final = 30.0
_SIDE_FILES: Final = ("-journal", "-wal", "-shm")
_CATALOGUE: Final = "CREATE TABLE IF NOT EXISTS area (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID"


class Area(NamedTuple):
    """The tables of one part of keyguard. Script n (of one or more statements) leads from version n to n + 1.

    Scripts that were ever released never change; a change is a further script. Table names start with the area's name.
    """

    name: str
    scripts: tuple[str, ...]


def state_folder() -> Path:
    """The folder of this user for what must outlive a run."""
    from platformdirs import user_data_dir

    return Path(user_data_dir("keyguard", appauthor=False))


class Database:
    """An open state file. StateError for whatever SQLite or the disk refuses."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Database:  # noqa: PYI034 - `Self` is not in Python 3.10
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a question. They are fetched at once, so that no reader keeps a writer waiting."""
        with _told(self.path):
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which no other process can come between; undone as a whole where the block fails."""
        with _told(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has undone it already
                    self._connection.execute("ROLLBACK")
                raise

    def compact(self) -> None:
        """Give the space of what was deleted back to the disk."""
        with _told(self.path):
            self._connection.execute("VACUUM")


def open_state(path: Path, areas: Iterable[Area], *, patience: float = PATIENCE) -> Database:
    """Open the state file and bring the tables of `areas` up to date. A missing file is made: folder 0700, file 0600.

    StateError (exit code 3) where it is of a newer keyguard, no SQLite file, or cannot be written.
    """
    _make(path)
    with _told(path):
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            _upgrade(path, connection, tuple(areas))
        except BaseException:
            connection.close()
            raise
    return Database(path, connection)


def purge_state(path: Path) -> bool:
    """Remove the file and what SQLite left beside it. False where there was none."""
    existed = path.exists()
    try:
        for name in (path, *(path.with_name(path.name + end) for end in _SIDE_FILES)):
            name.unlink(missing_ok=True)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror or error}", "end the program that uses it, then try again") from None
    return existed


def dump_state(path: Path) -> Iterator[tuple[str, list[str], Iterator[tuple[Any, ...]]]]:
    """Every table by name: its columns and its rows. Reads the file of any version, and changes nothing."""
    with _told(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=PATIENCE)
        try:
            connection.execute("BEGIN")
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            ).fetchall():
                quoted = '"' + name.replace('"', '""') + '"'
                cursor = connection.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - the file's own table name
                yield name, [column[0] for column in cursor.description], cursor
        finally:
            connection.close()


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror or error}", "KEYGUARD_STATE names another file") from None


def _upgrade(path: Path, connection: sqlite3.Connection, areas: tuple[Area, ...]) -> None:
    if _versions(path, connection, areas) == {area.name: len(area.scripts) for area in areas}:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_CATALOGUE)
        known = _versions(path, connection, areas)
        for area in areas:
            for script in area.scripts[known.get(area.name, 0) :]:
                for statement in filter(str.strip, script.split(";")):
                    connection.execute(statement)
            connection.execute("INSERT OR REPLACE INTO area VALUES (?, ?)", (area.name, len(area.scripts)))
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _versions(path: Path, connection: sqlite3.Connection, areas: tuple[Area, ...]) -> dict[str, int]:
    """The version of each of `areas` in the file; StateError where one is newer than what we know."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'area'").fetchall():
        return {}
    wanted = {area.name: len(area.scripts) for area in areas}
    known = {name: version for name, version in connection.execute("SELECT name, version FROM area") if name in wanted}
    for name, version in known.items():
        if version > wanted[name]:
            raise StateError(
                f"{path}: written by a newer keyguard ({name} version {version}, known here up to {wanted[name]})",
                "upgrade keyguard, or let KEYGUARD_STATE name another file; nothing was changed",
            )
    return known


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite says, in words a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise StateError(f"{path}: {error}", _hint(str(error))) from error


def _hint(said: str) -> str:
    if "full" in said:
        return "make room on that disk; what was there before is unharmed"
    if "locked" in said:
        return "another keyguard is writing; try again when it is done"
    if "not a database" in said or "malformed" in said:
        return "move that file away, or remove it with `keyguard state purge`"
    return "KEYGUARD_STATE names another file"

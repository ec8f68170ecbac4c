"""A lock beside the state file that one process holds, and that the system lets go of when that process dies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keyguard.errors import StateError


@contextmanager
def held(path: Path, name: str) -> Iterator[None]:
    """Hold the lock `name`; StateError where another process does."""
    place = path.with_name(f"{path.name}.{name}.lock")
    try:
        connection = sqlite3.connect(place, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise StateError(f"{place}: {error}", "KEYGUARD_STATE names another file") from None
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            raise StateError(f"{name}: another keyguard is at it", "wait until it is done") from None
        yield
    finally:
        connection.close()

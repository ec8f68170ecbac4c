"""Private files in the user's cache folder: written whole or not at all, readable by nobody else."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def cache_folder() -> Path:
    """The folder of this user for files that can be made again at any time."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("keyguard", appauthor=False))


def read_private(path: Path) -> bytes | None:
    """The file's bytes, or None where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None


def write_private(path: Path, data: bytes) -> bool:
    """Writes the file beside its place and renames it (folder 0700, file 0600). False where that is not possible."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        _remove(temporary)
        return False
    return True


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()

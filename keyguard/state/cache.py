"""Private files in the user's cache folder: written whole or not at all, readable by nobody else."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from os import PathLike

_CHECKSUM = 4


def cache_folder() -> str:
    """The folder of this user for files that can be made again at any time."""
    from platformdirs import user_cache_dir

    return user_cache_dir("keyguard", appauthor=False)


def read_private(path: str | PathLike[str]) -> bytes | None:
    """The file's bytes, or None where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def read_made(path: str | PathLike[str], key: bytes) -> bytes | None:
    """What `write_made` has kept; None where it was made of another `key`, or is damaged.

    (hashlib would cost more to import than all of the reading.)
    """
    data = read_private(path) or b""
    made = data[len(key) + _CHECKSUM :]
    return made if made and data[: len(key) + _CHECKSUM] == _head(key, made) else None


def write_made(path: str | PathLike[str], key: bytes, made: bytes) -> bool:
    """Keeps what costs time to make with all that it was made of."""
    return write_private(path, _head(key, made) + made)


def _head(key: bytes, made: bytes) -> bytes:
    return key + crc32(made).to_bytes(_CHECKSUM, "big")


def write_private(path: str | PathLike[str], data: bytes) -> bool:
    """Writes the file beside its place and renames it (folder 0700, file 0600). False where that is not possible."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        _make_folder(folder)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        return False
    return True


def _make_folder(folder: str) -> None:
    """Folders around it are made as well: for this user alone, as the XDG base directory specification asks for."""
    if not folder or os.path.isdir(folder):
        return
    _make_folder(os.path.dirname(folder))
    with suppress(FileExistsError):  # another process was quicker
        os.mkdir(folder, 0o700)

"""Reads files of a working tree: whole up to a limit, in overlapping pieces beyond it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from keyguard.errors import ObjectError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# O_NONBLOCK: a file that became a pipe since it was listed must not make us wait for a writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_PIECE = 1 << 20


def load_file(path: bytes, limit: int) -> bytes | None:
    """The content of a file, or None where it is longer than `limit` bytes. Raises ObjectError, whose
    message is the reason."""
    handle, size = _open(path)
    try:
        if size > limit:
            return None
        content = os.read(handle, size + 1)
        if len(content) == size:
            return content
        return _rest(handle, content, limit)
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(handle)


def open_file(path: bytes) -> BinaryIO:
    """A regular file, open for reading. Raises ObjectError with the reason."""
    handle, _ = _open(path)
    return os.fdopen(handle, "rb")


def open_pieces(path: bytes, size: int, overlap: int) -> Iterator[tuple[int, bytes]]:
    """A file's content in pieces of `size` bytes with their offsets, each repeating `overlap` bytes of the last.

    Raises ObjectError with the reason, at the first piece or on the way.
    """
    from keyguard.git.pieces import overlapping

    handle, _ = _open(path)
    try:
        yield from overlapping(lambda wanted: os.read(handle, wanted), size, overlap)
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(handle)


def _open(path: bytes) -> tuple[int, int]:
    """A handle and the size of a regular file."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise _unreadable(error) from error
    facts = os.fstat(handle)
    if stat.S_ISREG(facts.st_mode):
        return handle, facts.st_size
    os.close(handle)
    reason = "is a folder" if stat.S_ISDIR(facts.st_mode) else "is not a regular file"
    raise ObjectError(reason)


def _rest(handle: int, content: bytes, limit: int) -> bytes | None:
    """The read fell short of or went past the size: go on to the end. /proc gives sizes of 0; logs grow."""
    parts = [content]
    total = len(content)
    while total <= limit and (part := os.read(handle, _PIECE)):
        parts.append(part)
        total += len(part)
    return None if total > limit else b"".join(parts)


def _unreadable(error: OSError) -> ObjectError:
    reason = "vanished while scanning" if isinstance(error, FileNotFoundError) else error.strerror
    return ObjectError(reason or "cannot be read")

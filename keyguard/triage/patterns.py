"""Compiles patterns, and keeps what that gave from one start to the next: `regex` takes some milliseconds for each."""

from __future__ import annotations

import copyreg
import marshal
import os
import sys
from typing import TYPE_CHECKING, Any
from zlib import crc32

from keyguard.state.cache import read_made, write_made

if TYPE_CHECKING:
    from os import PathLike


class Patterns:
    """Patterns over bytes. They are kept in the folder `patterns` of the cache folder, and without one not at all."""

    def __init__(self, cache: str | PathLike[str] | None = None) -> None:
        self._folder = os.path.join(cache, "patterns") if cache is not None else ""

    def compiled(self, pattern: str) -> Any:
        """The pattern, ready to run."""
        import regex  # most files have no hit, and need none

        if not self._folder:
            return regex.compile(pattern.encode())
        key = f"{regex.__version__} {sys.implementation.cache_tag} {pattern}".encode()
        place = os.path.join(self._folder, f"{crc32(key):08x}")
        kept = read_made(place, key)
        if kept is not None:
            build, _ = _parts(regex.compile(b""))
            return build(*marshal.loads(kept))  # noqa: S302 - our own file, and undamaged
        made = regex.compile(pattern.encode())
        write_made(place, key, marshal.dumps(_parts(made)[1]))
        return made


def _parts(pattern: Any) -> Any:
    """What builds the pattern again, and of what, as pickle would write it. (All of it are plain values, which marshal
    can write as well; reading them runs nothing.)"""
    return copyreg.dispatch_table[type(pattern)](pattern)

"""Compiles patterns, and keeps what that gave from one start to the next: `regex` takes some milliseconds for each."""

from __future__ import annotations

import copyreg
import marshal
import os
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import TYPE_CHECKING, Any
from zlib import crc32

from keyguard.state.cache import read_made, write_made

if TYPE_CHECKING:
    from os import PathLike

_CORE = "regex._regex"


class Patterns:
    """Patterns over bytes. They are kept in the folder `patterns` of the cache folder, and without one not at all."""

    def __init__(self, cache: str | PathLike[str] | None = None) -> None:
        self._folder = os.path.join(cache, "patterns") if cache is not None else ""

    def compiled(self, pattern: str) -> Any:
        """The pattern, ready to run."""
        core = _core() if self._folder else None  # most files have no hit, and need none
        if core is None:
            return _compiled(pattern)
        status = os.stat(core.__file__)
        version = (core.__file__, status.st_size, status.st_mtime_ns, sys.implementation.cache_tag)
        key = f"{version} {pattern}".encode("utf-8", "surrogateescape")
        place = os.path.join(self._folder, f"{crc32(key):08x}")
        kept = read_made(place, key)
        if kept is not None:
            return core.compile(*marshal.loads(kept))  # noqa: S302 - our own file, and undamaged
        made = _compiled(pattern)
        # What builds it again is what pickle would write: plain values, which marshal can write as well.
        write_made(place, key, marshal.dumps(copyreg.dispatch_table[type(made)](made)[1]))
        return made


def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern.encode())


def _core() -> Any:
    """The part of `regex` that is written in C, without the rest, which takes a fifth of a hook's time to import.

    None where it is not where it is known to be. What is imported later finds it there.
    """
    if _CORE in sys.modules:
        return sys.modules[_CORE]
    package = PathFinder.find_spec("regex")
    spec = package and PathFinder.find_spec(_CORE, package.submodule_search_locations)
    if not spec or not spec.loader or not spec.has_location:
        return None
    core = module_from_spec(spec)
    spec.loader.exec_module(core)
    return sys.modules.setdefault(_CORE, core)

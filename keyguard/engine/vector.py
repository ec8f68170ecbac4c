"""Hyperscan over whole slabs, with the compiled database kept in the cache folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zlib import crc32

import hyperscan

from keyguard.errors import RuleError
from keyguard.model import Hits, Rule
from keyguard.state.cache import read_made, write_made

if TYPE_CHECKING:
    from os import PathLike

_VERSION: str = getattr(hyperscan, "__version__", "")  # the stubs leave it out


class VectorEngine:
    """Runs the triggers of all rules at once. Reports every end of every match."""

    name = "hyperscan"

    def __init__(self, rules: Sequence[Rule], cache: str | PathLike[str] | None = None) -> None:
        self._made_of = (rules, cache)
        triggers = [rule.trigger.encode() for rule in rules]
        self._database = _open(triggers, cache) if triggers else None

    def __reduce__(self) -> tuple[type[VectorEngine], tuple[Sequence[Rule], str | PathLike[str] | None]]:
        """Another process loads the database for itself."""
        return VectorEngine, self._made_of

    def scan(self, text: bytes) -> Hits:
        rules: list[int] = []
        ends: list[int] = []
        add_rule, add_end = rules.append, ends.append

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add_rule(number)
            add_end(end)

        if self._database is not None:
            self._database.scan(text, match_event_handler=on_match)
        return Hits(rules, ends)


def _open(triggers: Sequence[bytes], cache: str | PathLike[str] | None) -> Any:
    if cache is None:
        return _compile(triggers)
    key = _key(triggers)
    place = _place(cache, key)
    database = _load(place, key)
    if database is None:
        database = _compile(triggers)
        write_made(place, key, hyperscan.dumpb(database))
    return database


def _key(triggers: Sequence[bytes]) -> bytes:
    """What a database is made of. The CPU is checked when it is loaded."""
    return b"\n".join([_VERSION.encode(), *triggers])


def _place(cache: str | PathLike[str], key: bytes) -> str:
    return os.path.join(cache, f"hyperscan-{crc32(key):08x}.db")


def _load(place: str, key: bytes) -> Any:
    """The database kept at `place`; None where there is none, it is damaged, or it was made for something else."""
    packed = read_made(place, key)
    if packed is None:
        return None
    try:
        database = hyperscan.loadb(packed, hyperscan.HS_MODE_BLOCK)
        database.scratch = hyperscan.Scratch(database)
        database.scan(b"", match_event_handler=lambda *_: None)
    except hyperscan.error:
        return None
    return database


def _compile(triggers: Sequence[bytes]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(expressions=triggers, ids=list(range(len(triggers))), flags=0)
    except hyperscan.error as error:
        raise RuleError(f"Hyperscan cannot compile the triggers: {error}", "see: keyguard rules check") from None
    return database

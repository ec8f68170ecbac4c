"""Hyperscan over whole slabs, with the compiled database kept in the cache folder."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import hyperscan

from keyguard.errors import RuleError
from keyguard.model import Hits, Rule
from keyguard.state.cache import read_private, write_private

_VERSION: str = getattr(hyperscan, "__version__", "")  # the stubs leave it out


class VectorEngine:
    """Runs the triggers of all rules at once. Reports every end of every match."""

    name = "hyperscan"

    def __init__(self, rules: Sequence[Rule], cache: Path | None = None) -> None:
        self._made_of = (rules, cache)
        triggers = [rule.trigger.encode() for rule in rules]
        place = cache / f"hyperscan-{_key(triggers)}.db" if cache else None
        self._database = (_load(place) if place else None) or _compile(triggers, place)

    def __getstate__(self) -> list[bytes]:
        """For worker processes that cannot be forked."""
        return [hyperscan.dumpb(self._database)] if self._database is not None else [b""]

    def __setstate__(self, state: list[bytes]) -> None:
        self._database = _unpack(state[0]) if state[0] else None

    def __reduce__(self) -> tuple[type[VectorEngine], tuple[Sequence[Rule], Path | None]]:
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


def _key(triggers: Sequence[bytes]) -> str:
    """Names the database by what it was made of; the CPU is checked when it is loaded."""
    return sha256(b"\n".join([_VERSION.encode(), *triggers])).hexdigest()[:24]


def _load(place: Path) -> Any:
    """The database kept at `place`; None where there is none, or it was made for another machine."""
    data = read_private(place)
    if not data:
        return None
    digest, packed = data[:32], data[32:]
    if sha256(packed).digest() != digest:
        return None
    try:
        database = _unpack(packed)
        database.scan(b"", match_event_handler=lambda *_: None)
    except hyperscan.error:
        return None
    return database


def _unpack(packed: bytes) -> Any:
    database = hyperscan.loadb(packed, hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database


def _compile(triggers: Sequence[bytes], place: Path | None) -> Any:
    if not triggers:
        return None
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    try:
        database.compile(expressions=triggers, ids=list(range(len(triggers))), flags=0)
    except hyperscan.error as error:
        raise RuleError(f"Hyperscan cannot compile the triggers: {error}", "see: keyguard rules check") from None
    if place:
        packed = hyperscan.dumpb(database)
        write_private(place, sha256(packed).digest() + packed)
    return database

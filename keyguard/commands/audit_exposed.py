"""The exposure windows of leaked keys, under the names that an account's figures give to those keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyguard.model.usage_report import Window

if TYPE_CHECKING:
    from keyguard.model.usage import Span
    from keyguard.state.database import Database


def windows_of(state: Database, provider: str, account: str, span: Span) -> tuple[Window, ...]:
    """Those that meet `span`, of open and closed incidents, oldest first.

    A key that the account's figures do not name may be another account's, or they may tell no keys apart.
    """
    from keyguard.respond.exposures import exposures
    from keyguard.state.usage import Choice, named

    keys = sorted({name.key for _, name in named(state, Choice(provider, account))} - {""})
    found = (
        Window(key, each.masked, each.incident, each.since, each.until, each.closed)
        for each in exposures(state)
        if each.provider == provider and each.since < span.end and (each.until is None or span.start < each.until)
        for key in _called(keys, each.names)
    )
    return tuple(sorted(found, key=lambda window: (window.start, window.key)))


def _called(keys: list[str], names: frozenset[str]) -> Iterator[str]:
    """What the figures call a key of these names; Google's say `apikey:` before the id."""
    found = [key for key in keys if key in names or key.rpartition(":")[2] in names]
    yield from found or [""]

"""What keyguard knows of keys beyond figures: which were revoked, and which are exposed by an open incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keyguard.audit.watchlist import Known
from keyguard.model.usage import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.audit.accounts import Account
    from keyguard.state.database import Database

_FAR = 1 << 40  # an exposure that nobody has ended


def known_of(state: Database, account: Account) -> Known:
    """By the provider's name for each key. A stop that was undone counts no more."""
    return Known(_revoked(state, account), exposures(state, account.provider))


def _revoked(state: Database, account: Account) -> dict[str, int]:
    from keyguard.state.revocations import entries

    found: dict[str, int] = {}
    for entry in entries(state):
        if entry.provider != account.provider or not entry.target or entry.event not in ("accepted", "dead", "live"):
            continue
        if entry.undoing:
            found.pop(entry.target, None)
        elif entry.event != "live":
            found.setdefault(entry.target, int(entry.at))
    return found


def exposures(state: Database, provider: str) -> dict[str, tuple[Span, ...]]:
    """The exposure windows of open incidents of a provider, by key."""
    from keyguard.state.incidents import entries, incidents

    found: dict[str, tuple[Span, ...]] = {}
    for name in incidents(state):
        chain = entries(state, name)
        if not chain or any(entry.kind == "closed" for entry in chain):
            continue
        for entry in chain:
            window = _window(entry.body, provider, entry.at)
            if window:
                key, span = window
                found[key] = (*found.get(key, ()), span)
    return found


def _window(body: Mapping[str, Any], provider: str, at: float) -> tuple[str, Span] | None:
    """Key and window of an entry that names both; other entries say nothing here."""
    if not isinstance(body, dict) or body.get("provider") != provider:
        return None
    key = body.get("key") or body.get("target")
    since = body.get("exposed_since", at)
    until = body.get("exposed_until") or _FAR
    if not isinstance(key, str) or not isinstance(since, (int, float)) or not isinstance(until, (int, float)):
        return None
    return key, Span(int(since), int(until))

"""What keyguard knows of keys beyond figures: which were stopped, and which are exposed by an open incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyguard.audit.watchlist import Known
from keyguard.model.usage import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyguard.audit.accounts import Account
    from keyguard.respond.exposures import Exposure
    from keyguard.state.database import Database

_FAR: Final = 1 << 40  # an exposure that nobody has ended


def known_of(state: Database, account: Account) -> Known:
    """By the provider's names for each key. A stop that was undone counts no more."""
    from keyguard.respond.exposures import exposures

    mine = [each for each in exposures(state) if each.provider == account.provider]
    return Known(_revoked(state, account, mine), _exposed(mine))


def _exposed(found: list[Exposure]) -> dict[str, tuple[Span, ...]]:
    windows: dict[str, tuple[Span, ...]] = {}
    for each in found:
        for name in () if each.closed else each.names:
            windows[name] = (*windows.get(name, ()), Span(each.since, each.until or _FAR))
    return windows


def _revoked(state: Database, account: Account, found: list[Exposure]) -> dict[str, int]:
    """When each key was stopped, by what `keyguard revoke` and the brake did, and by what incidents saw."""
    from keyguard.state.alarms import stops

    title = (account.provider, account.name)
    seen = [(each.until, name, False) for each in found if each.dead and each.until for name in each.names]
    seen += [(each.at, each.key, each.event == "resumed") for each in stops(state) if each[1:3] == title and each.took]
    seen += _revocations(state, account, {each.fingerprint: each.names for each in found})
    revoked: dict[str, int] = {}
    for at, name, undone in sorted(seen, key=lambda each: each[0]):
        if undone:
            revoked.pop(name, None)
        else:
            revoked.setdefault(name, at)
    return revoked


def _revocations(
    state: Database, account: Account, called: Mapping[str, frozenset[str]]
) -> Iterator[tuple[int, str, bool]]:
    """When, which key, and whether it was an undoing. `called` are the names of keys by fingerprint."""
    from keyguard.state.revocations import entries

    aside = _aside(account.provider)
    for entry in entries(state):
        done = entry.event == "dead" or (entry.event == "accepted" and entry.way not in aside)
        if entry.provider == account.provider and (done or (entry.undoing and entry.event == "live")):
            told = frozenset({entry.target, entry.target.rpartition("/")[2]} - {""})
            for name in told or called.get(entry.fingerprint, frozenset()):
                yield int(entry.at), name, entry.undoing


def _aside(provider: str) -> frozenset[str]:
    """The ways of a provider that leave the key as it is, as a limit on its project does."""
    from keyguard.providers.actions import find_file
    from keyguard.providers.revoking import read_ways

    file = find_file(provider)
    return frozenset(way.id for way in (read_ways(file) if file else ()) if way.aside)

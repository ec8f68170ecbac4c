"""The inventory of keys across accounts, and which of them break a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from keyguard.http import Client
from keyguard.providers.rotating import read_turns
from keyguard.respond.listing import KeyRecord, moment
from keyguard.respond.rotate_desk import Desk

if TYPE_CHECKING:
    from keyguard.http import Settings
    from keyguard.model import Secret
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.rotating import Turn


class Policy(NamedTuple):
    """In seconds; 0 is no such rule. `unused` counts from the last use, or from the making of one never used."""

    max_age: float = 0.0
    unused: float = 0.0


class Row(NamedTuple):
    """One key, and in words what it breaks."""

    provider: str
    kind: str
    key: KeyRecord
    breaks: tuple[str, ...]


def inventory(
    file: ActionFile, values: Mapping[str, Secret | str], settings: Settings
) -> Iterator[tuple[Turn, KeyRecord]]:
    """Every key that the provider lists. RefusedError, HttpError, MissingPartError where it lists none."""
    client = Client(settings, file.hosts)
    try:
        for turn in read_turns(file):
            if turn.list is None:
                continue
            desk = Desk(file, turn, client, settings, values)
            for each in desk.listed():
                yield turn, _looked(desk, each)
    finally:
        client.close()


def judge_keys(provider: str, keys: Iterable[tuple[Turn, KeyRecord]], policy: Policy, now: float) -> list[Row]:
    """The keys with what they break; those that are switched off break nothing."""
    return [Row(provider, turn.kind, key, _breaks(turn, key, policy, now)) for turn, key in keys]


def _looked(desk: Desk, key: KeyRecord) -> KeyRecord:
    if desk.turn.look is None:
        return key
    found = desk.look(key)
    return found._replace(over=key.over)


def _breaks(turn: Turn, key: KeyRecord, policy: Policy, now: float) -> tuple[str, ...]:
    if key.is_off:
        return ()
    made, used = moment(key.created), moment(key.used)
    found = []
    if policy.max_age:
        if made is None:
            found.append("age not told")
        elif now - made > policy.max_age:
            found.append(f"{_days(now - made)} old")
    if policy.unused:
        last = used if used is not None else made
        if not turn.tells_use:
            found.append("last use not told")
        elif last is not None and now - last > policy.unused:
            found.append(
                f"unused for {_days(now - last)}" if used is not None else f"never used in {_days(now - last)}"
            )
    ends = moment(key.expires)
    if ends is not None and ends < now:
        found.append("expired")
    return tuple(found)


def _days(seconds: float) -> str:
    return f"{seconds / 86400:.0f} d"

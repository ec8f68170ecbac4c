"""An honest key over weeks, and a thief who may join it: stateful, as a provider's books are."""

from __future__ import annotations

from random import Random

from tests.audit.fakes.ledger import HOUR, NOW, Ledger, Use, used


def honest(days: int, until: int = NOW, keys: int = 1, seed: int = 3) -> Ledger:
    """About 40 cents an hour in office hours, a few cents else, for each key."""
    random = Random(seed)
    uses = [
        work(start, f"key_{number}", random, f"proj_{number}")
        for start in range(until - until % HOUR - days * 24 * HOUR, until - until % HOUR, HOUR)
        for number in range(keys)
    ]
    return Ledger(uses)


def work(start: int, key: str, random: Random, project: str = "proj_0") -> Use:
    busy = 9 <= start // HOUR % 24 < 18
    tokens = int((120_000 if busy else 12_000) * random.uniform(0.8, 1.2))
    return used(start, key, tokens // 1000, tokens, tokens // 100, project)


def steal(book: Ledger, start: int, hours: int, dollars: float, key: str = "key_0", project: str = "proj_0") -> None:
    """A thief uses the key for so many dollars an hour."""
    for number in range(hours):
        book.uses.append(used(start + number * HOUR, key, 500, int(dollars / 0.0000025), 0, project))

"""What a leaked key was used for while it was exposed, from the figures that `keyguard audit read` has kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keyguard.state.database import Database


def used_during(state: Database, body: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each series of the key's provider, since it was exposed: a sentence, and its figures.

    Series of the key itself where the provider tells keys apart, else those of the account.
    """
    from keyguard.respond.exposures import exposed_from, names_of
    from keyguard.state.usage import Choice, series

    names = names_of(body)
    found = list(series(state, Choice(provider=str(body["provider"]), since=exposed_from(body))))
    own = [each for each in found if each.name.key.rpartition(":")[2] in names]
    for each in own or [each for each in found if not each.name.key]:
        requests = sum(point.requests or 0 for point in each.points)
        tokens = sum(point.tokens or 0 for point in each.points)
        money = sum((point.money or Decimal(0) for point in each.points), Decimal(0))
        facts = {
            "requests": requests,
            each.name.unit: tokens,
            "money": f"{money.normalize():f}",
            "currency": each.name.currency,
        }
        whose = "this key" if own else f"account {each.name.account}, all keys"
        told = {name: value for name, value in facts.items() if value not in (0, "0", "")}
        yield (
            f"use while exposed ({whose}, {each.name.basis}, {each.name.model or 'all models'})",
            told or {"requests": 0},
        )

"""Puts a fake provider, a state file and a clock together, so that a test can read an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from keyguard.audit.accounts import Account
from keyguard.audit.prices import PriceTable, load_prices
from keyguard.audit.reading import Reader, read_account
from keyguard.audit.results import AccountResult
from keyguard.commands.audit_config import usage_of
from keyguard.http import Client, Settings
from keyguard.model import Secret
from keyguard.model.usage import UsageSeries
from keyguard.providers.usage import Usage
from keyguard.state.database import Database, open_state
from keyguard.state.usage import AREA, Choice, series
from tests.audit.fakes.ledger import NOW
from tests.http.clocks import StillClock
from tests.http.server import Asked, Reply, Server


class Stand:
    """One provider's account. `clock.time` may be moved; `read()` is one pass."""

    def __init__(self, provider: str, server: Server, state: Database, prices: PriceTable, **account: Any) -> None:
        found = usage_of(provider)
        assert found is not None
        self.usage: Usage = found
        self.clock = StillClock(NOW)
        self.server = server
        self.state = state
        self.secrets: dict[str, Secret] = account.pop("secrets", {"credential": Secret(b"key")})
        self.account = Account(provider, "main", {"": "env:KEY"}, **account)
        self._prices = prices

    def reader(self) -> Reader:
        settings = Settings(
            endpoints=dict.fromkeys(self.usage.hosts, self.server.address), per_second=10_000, clock=self.clock.clock()
        )
        return Reader(
            self.state, self._prices, lambda hosts: Client(settings, hosts), lambda _: self.secrets, self.clock.now
        )

    def read(self) -> AccountResult:
        return read_account(self.account, self.usage, self.reader())

    def series(self, source: str) -> list[UsageSeries]:
        return list(series(self.state, Choice(source=source)))

    def money(self, source: str) -> Decimal:
        return sum((point.money or Decimal(0) for each in self.series(source) for point in each.points), Decimal(0))

    def requests(self, source: str) -> int:
        return sum(point.requests or 0 for each in self.series(source) for point in each.points)

    def tokens(self, source: str) -> int:
        return sum(point.tokens or 0 for each in self.series(source) for point in each.points)


@contextmanager
def stand(
    provider: str, folder: Path, fake: Callable[[Asked], Reply], prices: PriceTable | None = None, **account: Any
) -> Iterator[Stand]:
    with Server(fake) as server, open_state(folder / "state", [AREA]) as state:
        yield Stand(provider, server, state, prices or load_prices(), **account)

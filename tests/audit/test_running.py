"""One pass at a time, with the clock in hand: what is held back, and when it is told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from keyguard.audit.accounts import Account, Limits, Mute
from keyguard.audit.prices import load_prices
from keyguard.audit.reading import Reader
from keyguard.audit.running import Duty, Outcome, run
from keyguard.commands.audit_config import usage_of
from keyguard.http import Client, Settings
from keyguard.model import Secret
from keyguard.model.usage import HOUR
from keyguard.state import alarms, usage
from keyguard.state.database import Database, open_state
from tests.audit.fakes import llm
from tests.audit.fakes.ledger import NOW, Ledger, used
from tests.audit.test_watching import Ear
from tests.http.clocks import StillClock
from tests.http.server import Server


class Desk:
    """An account that may spend $5 a day; `spend` is what it spent in the hour before the clock's."""

    def __init__(self, server: Server, state: Database, book: Ledger) -> None:
        found = usage_of("openai")
        assert found is not None
        self.book, self.clock, self.ear, self.state = book, StillClock(NOW), Ear(), state
        self.usage, self.quiet = found, False
        self.account = Account(
            "openai", "main", {"": "env:KEY"}, days=3, sources=("completions",), limits=(Limits(daily=Decimal(5)),)
        )
        self.settings = Settings(
            endpoints=dict.fromkeys(found.hosts, server.address), per_second=1e6, clock=self.clock.clock()
        )

    def spend(self, dollars: int) -> None:
        hour = int(self.clock.time) // HOUR * HOUR - HOUR
        self.book.uses.append(used(hour, "key_0", 9, dollars * 400_000, 0))

    def run(self, *, dry: bool = False) -> Outcome:
        reader = Reader(
            self.state, load_prices(), lambda hosts: Client(self.settings, hosts),
            lambda _: {"credential": Secret(b"admin")}, self.clock.now,
        )  # fmt: skip
        quiet = self.quiet
        return run(
            Duty((self.account,), lambda _: self.usage, sinks=(self.ear,), quiet=lambda _: quiet, dry=dry), reader
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    book = Ledger()
    with Server(llm.openai(book)) as server, open_state(tmp_path / "state", [usage.AREA, alarms.AREA]) as state:
        yield Desk(server, state, book)


def test_quiet_hours_hold_back_all_but_the_critical(desk: Desk) -> None:
    desk.quiet = True
    desk.spend(8)
    desk.run()
    assert desk.ear.heard == []
    desk.quiet = False
    assert desk.run().code == 1
    assert desk.ear.said() == ["raised"], "it is told when they are over"
    desk.quiet = True
    desk.clock.time += HOUR
    desk.spend(200)
    desk.run()
    assert desk.ear.said() == ["raised", "worse"]
    assert desk.ear.heard[-1].body.severity == 4


def test_a_muted_account_is_told_of_afterwards(desk: Desk) -> None:
    desk.account = desk.account._replace(mute=(Mute(tuple(range(7)), 0, 1440),))
    desk.spend(300)
    desk.run()
    assert desk.ear.heard == []
    desk.account = desk.account._replace(mute=())
    desk.run()
    assert desk.ear.said() == ["raised"]


def test_a_dry_run_tells_nobody(desk: Desk) -> None:
    desk.spend(8)
    outcome = desk.run(dry=True)
    assert (outcome.code, [change.what for change in outcome.changes]) == (1, ["raised"])
    assert desk.ear.heard == []
    desk.run()
    assert desk.ear.said() == ["raised"]

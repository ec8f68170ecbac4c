"""A month of the real watch against a stateful provider, sped up by the clock that is handed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from keyguard.audit.accounts import Account
from keyguard.audit.prices import load_prices
from keyguard.audit.reading import Reader
from keyguard.audit.running import Duty, run
from keyguard.audit.sinks.sink import SinkError, Taken
from keyguard.audit.watching import Pace, jitter, watch
from keyguard.commands.audit_config import usage_of
from keyguard.http import Client, Clock, Settings
from keyguard.model import Secret
from keyguard.model.usage import DAY, HOUR
from keyguard.state import alarms, usage
from keyguard.state.alarms import Notice
from keyguard.state.database import open_state
from tests.audit.fakes import llm
from tests.audit.fakes.ledger import Ledger
from tests.audit.theft import honest, steal, work
from tests.http.server import Asked, Reply, Server

START = 1_793_577_600  # Monday 2026-11-02, 00:00 UTC


class World:
    """A clock that moves when somebody sleeps, and a provider whose books fill as it moves."""

    def __init__(self, book: Ledger, start: int = START) -> None:
        self.time = float(start)
        self.end = start
        self.book = book
        self.down = False
        self.hands: list[tuple[float, float]] = []  # (when, how far the wall clock is set)
        self.shift = 0.0
        self._worked = start
        self._random = Random(5)

    def now(self) -> float:
        return self.time + self.shift

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        while self.hands and self.time >= self.hands[0][0]:
            self.shift += self.hands.pop(0)[1]
        while self._worked + HOUR <= self.time:
            self.book.uses.append(work(self._worked, "key_0", self._random))
            self._worked += HOUR

    def stopped(self) -> bool:
        return self.time >= self.end

    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep, self.now)

    def answer(self, asked: Asked) -> Reply:
        return Reply(503, b"") if self.down else llm.openai(self.book)(asked)


class Ear:
    """A sink that remembers; it can be deaf."""

    name = "ear"

    def __init__(self) -> None:
        self.heard: list[Notice] = []
        self.deaf = False

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        for notice in notices:
            if self.deaf:
                raise SinkError("ear: deaf")
            self.heard.append(notice)
            yield Taken(notice)

    def said(self) -> list[str]:
        return [notice.what for notice in self.heard]


class Keeper:
    """Starts the watch, as often as it is asked to, over one state file."""

    def __init__(self, world: World, server: Server, folder: Path, **account: object) -> None:
        found = usage_of("openai")
        assert found is not None
        self.world, self.ear, self.path, self.codes = world, Ear(), folder / "state", list[int]()
        self.usage = found
        self.account = Account("openai", "main", {"": "env:KEY"}, days=14, sources=("costs", "completions"), **account)  # type: ignore[arg-type]
        self.settings = Settings(
            endpoints=dict.fromkeys(found.hosts, server.address), per_second=1e6, tries=1, clock=world.clock()
        )
        self.prices = load_prices()

    def watch(self, until: int, every: int = 12 * HOUR) -> None:
        self.world.end = until
        watch(self.once, Pace(every, 60.0), self.world.clock(), self.world.stopped)

    def once(self) -> None:
        with open_state(self.path, [usage.AREA, alarms.AREA]) as state:
            reader = Reader(
                state, self.prices, lambda hosts: Client(self.settings, hosts),
                lambda _: {"credential": Secret(b"admin")}, self.world.now,
            )  # fmt: skip
            duty = Duty((self.account,), lambda _: self.usage, sinks=(self.ear,), retention=400 * DAY)
            self.codes.append(run(duty, reader).code)

    def money(self, source: str, since: int, until: int) -> Decimal:
        with open_state(self.path, [usage.AREA]) as state:
            found = usage.series(state, usage.Choice(source=source, since=since))
            points = [point for each in found for point in each.points if point.start < until]
            return sum((point.money or Decimal(0) for point in points), Decimal(0))


def test_a_month_with_restarts_outages_and_restated_figures(tmp_path: Path) -> None:
    book = honest(14, until=START)
    world = World(book)
    with Server(world.answer) as server:
        keeper = Keeper(world, server, tmp_path)
        ear = keeper.ear
        keeper.watch(START + 8 * DAY, every=DAY)
        assert [n.body.sentence for n in ear.heard] == []
        assert set(keeper.codes) == {0}

        # A theft, and the watch is started anew twice while it lasts: one alarm, told again when it has doubled.
        steal(book, START + 8 * DAY, 6, 20)
        for hours in (2, 4, 30):
            keeper.watch(START + 8 * DAY + hours * HOUR, every=2 * HOUR)
        first = {notice.alarm for notice in ear.heard}
        assert len(first) == 1
        assert ear.said()[0] == "raised"
        assert ear.said().count("raised") == 1
        assert ear.heard[0].at - START <= 8 * DAY + 4 * HOUR
        keeper.watch(START + 11 * DAY)
        assert ear.said()[-1] == "over"
        assert ear.said().count("over") == 1

        # The provider is down for a day, and a like theft with the same key falls into it: it is told when the provider
        # is back.
        ear.heard.clear()
        world.down = True
        steal(book, START + 12 * DAY, 6, 20)
        keeper.watch(START + 13 * DAY)
        assert keeper.codes[-1] == 3
        assert [(notice.what, notice.body.kinds) for notice in ear.heard] == [("raised", ("unread",))]
        world.down = False
        ear.deaf = True  # and when it is back, nobody listens for a while
        keeper.watch(START + 13 * DAY + 6 * HOUR)
        assert keeper.codes[-1] == 3
        ear.deaf = False
        keeper.watch(START + 16 * DAY)
        said = [(n.what, n.body.kinds == ("unread",)) for n in ear.heard[1:] if n.what != "worse"]
        assert sorted(said) == [("over", False), ("over", True), ("raised", False)]

        # The clock is set back and forth by an hour, and once the machine sleeps for two days.
        ear.heard.clear()
        world.hands = [(START + 16.5 * DAY, -3600.0), (START + 17 * DAY, 3600.0), (START + 18 * DAY, 0.0)]
        keeper.watch(START + 18 * DAY)
        world.sleep(2 * DAY)
        keeper.watch(START + 21 * DAY)

        # The provider restates yesterday: a tenth more, and what it had told of one hour it takes back.
        day = START + 20 * DAY
        for number, use in enumerate(book.uses):
            if day <= use.start < day + DAY:
                book.uses[number] = use._replace(inputs=use.inputs * 11 // 10)
        keeper.watch(START + 30 * DAY, every=DAY)
        assert [n.body.sentence for n in ear.heard] == []

        end = int(world.now()) // DAY * DAY - DAY
        told = sum((use.inputs * Decimal("0.0000025") + use.outputs * Decimal("0.00001")
                    for use in book.uses if START <= use.start < end), Decimal(0))  # fmt: skip
        assert keeper.money("completions", START, end) == told
        assert end > START


def test_the_next_pass_is_due_at_even_times() -> None:
    pace = Pace(HOUR, 20.0)
    assert pace.next(START) == START + 20
    assert pace.next(START + 20) == START + HOUR + 20
    assert pace.next(START + 19.5) == START + 20
    assert 0 <= jitter(HOUR, 0.0) <= jitter(HOUR, 0.999) < 300
    assert jitter(600, 0.5) == 30


@pytest.mark.parametrize("hand", [-7200.0, 7200.0])
def test_a_clock_that_is_set_anew_loses_no_pass(hand: float) -> None:
    world = World(Ledger([]))
    world.hands = [(START + 10_000, hand)]
    world.end = START + DAY
    passes: list[float] = []
    watch(lambda: passes.append(world.time), Pace(HOUR), world.clock(), world.stopped)
    assert 23 <= len(passes) <= 26
    assert max(after - before for before, after in pairwise(passes)) <= 3700

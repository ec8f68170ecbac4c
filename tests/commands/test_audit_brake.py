"""The brake at providers that keep state: what it stops, what it never stops, and what is written down."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from keyguard.audit.accounts import Account
from keyguard.commands.audit_brake import ProviderBrake
from keyguard.http import Settings
from keyguard.model import Secret
from keyguard.model.usage import HOUR
from keyguard.respond.incident import case_of
from keyguard.state import alarms, incidents, revocations
from keyguard.state.alarms import Alarm, Stop
from keyguard.state.database import Database, open_state
from tests.audit.fakes import llm
from tests.audit.fakes.ledger import Ledger, used
from tests.http.clocks import StillClock
from tests.http.server import Asked, Reply, Server
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.stops import StoppingAnthropic
from tests.zygote import AUDIT, quick_keyguard

Program = Callable[..., subprocess.CompletedProcess[bytes]]
ALARM = Alarm(
    "a1", "openrouter", "main", "ci", "", ("limit",), 3, 1000, 1000, 1000, None, 90.0, 0.2, 89.8, "USD",
    "ci is over its limit.", ("a stolen key",),
)  # fmt: skip


class World:
    """An Anthropic account of two keys; `apikey_1` has just spent $9 in an hour where $5 are allowed."""

    def __init__(self, folder: Path, program: Program) -> None:
        now = int(time.time()) // HOUR * HOUR
        self.folder, self.program = folder, program
        self.ring = Ring([Key("sk-ant-api03-first", "apikey_1"), Key("sk-ant-api03-other", "apikey_2")])
        uses = [used(now - HOUR, "apikey_1", 50, 3_000_000, 0), used(now - HOUR, "apikey_2", 5, 1000, 0)]
        book = Ledger([use._replace(model="claude-sonnet-4-5") for use in uses])
        self.usage = llm.anthropic(book, self.ring.admin)
        self.keys: Callable[[Asked], Reply] = StoppingAnthropic(self.ring)

    def __call__(self, asked: Asked) -> Reply:
        return self.usage(asked) if "report" in asked.path else self.keys(asked)

    def run(self, *words: str) -> tuple[int, str]:
        state, config = str(self.folder / "state"), str(self.folder / "settings.toml")
        done = self.program(
            *words, cwd=self.folder, ADMIN=self.ring.admin, KEYGUARD_STATE=state, KEYGUARD_CONFIG=config,
            KEYGUARD_PERSON="ada",
        )  # fmt: skip
        return done.returncode, (done.stdout + done.stderr).decode()

    def states(self) -> list[str]:
        return [key.state for key in self.ring.keys]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with quick_keyguard(tmp_path_factory.mktemp("zygote"), *AUDIT) as run:
        yield run


@pytest.fixture
def world(tmp_path: Path, program: Program) -> Iterator[tuple[World, Server]]:
    world = World(tmp_path, program)
    with Server(world) as server:
        (tmp_path / "settings.toml").write_text(
            f"""
            [endpoints]
            "api.anthropic.com" = "{server.address}"
            [network]
            per-second = 1000
            tries = 1
            [[audit.account]]
            provider = "anthropic"
            credential = "env:ADMIN"
            history = "2d"
            sources = ["messages"]
            limits-per-key = {{ hourly = 5 }}
            on-breach = "stop"
            """,
            encoding="utf-8",
        )
        yield world, server


def changes(server: Server) -> list[str]:
    """What the account was asked to change; the rest only reads."""
    return [f"{asked.path} {asked.body.decode()}" for asked in server.asked if asked.method != "GET"]


def test_a_key_over_its_limit_is_stopped_recorded_and_resumed(world: tuple[World, Server]) -> None:
    account, server = world
    code, said = account.run("audit", "run", "--dry-run")
    assert code == 1
    assert "would stop: anthropic/main key apikey_1: Set the key inactive, which can be undone: POST" in said
    assert "/v1/organizations/api_keys/apikey_1" in said
    assert account.ring.admin not in said
    assert changes(server) == []

    code, said = account.run("audit", "run")
    assert code == 1
    assert "stopped (Set the key inactive), because a limit was broken" in said
    assert account.states() == ["dead", "live"]
    shown = account.run("incident", "show")[1]
    assert "audit stopped key apikey_1 of anthropic/main: a limit was broken" in shown
    assert "keyguard audit: anthropic/main key apikey_1: stopped (Set the key inactive)" in shown
    assert "spent 9.00" in shown
    assert "apikey_1: stopped" in account.run("audit", "resume", "--list")[1]

    assert "stopped" not in account.run("audit", "run")[1], "it is done once"
    assert len(changes(server)) == 1

    code, said = account.run("audit", "resume")
    assert (code, "apikey_1: resumed (Set the key active again" in said) == (0, True)
    assert account.states() == ["live", "live"]
    assert "ada: anthropic/main key apikey_1: resumed" in account.run("incident", "show")[1]

    account.run("audit", "run")
    assert account.states() == ["live", "live"], "the same event does not stop it again"
    assert account.run("incident", "close", "--reason", "a batch job")[0] == 0


def test_a_stop_that_the_provider_refuses_is_told_and_tried_again(world: tuple[World, Server]) -> None:
    account, server = world
    usual, account.keys = account.keys, lambda asked: Reply(500) if asked.method == "POST" else usual(asked)
    said = account.run("audit", "run")[1]
    assert "apikey_1: api.anthropic.com answered 500" in said
    assert "answered 500" not in account.run("audit", "run")[1], "the same failure is told once"
    account.keys = usual
    assert "stopped (Set the key inactive)" in account.run("audit", "run")[1]
    assert account.states() == ["dead", "live"]
    assert len(changes(server)) >= 3


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


class OpenRouter:
    """Keys by hash; the management key is one of those that are listed."""

    def __init__(self, **rows: dict[str, Any]) -> None:
        self.rows = {
            name: {"hash": digest(name), "name": name, "disabled": False, "workspace_id": "w", **more}
            for name, more in rows.items()
        }
        self.refused = False

    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "GET":
            return Reply(403 if self.refused else 200, {"data": list(self.rows.values())})
        row = next(row for row in self.rows.values() if asked.path.endswith(row["hash"]))
        row["disabled"] = json.loads(asked.body)["disabled"]
        return Reply(200, {"data": row})

    def off(self) -> list[str]:
        return [name for name, row in self.rows.items() if row["disabled"]]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [alarms.AREA, revocations.AREA, incidents.AREA]) as opened:
        yield opened


def brake(server: Server, state: Database, credential: str = "managing") -> ProviderBrake:
    settings = Settings(endpoints={"openrouter.ai": server.address}, tries=1, clock=StillClock().clock())
    return ProviderBrake(settings, state, lambda _: {"credential": Secret(credential.encode())})


ACCOUNT = Account("openrouter", "main", {"": "env:X"}, on_breach="stop")
MANAGER = {"is_management_key": True}


def test_a_key_is_found_by_the_name_that_figures_give_it(state: Database) -> None:
    fake = OpenRouter(ci={}, managing=MANAGER)
    with Server(fake) as server:
        pedal = brake(server, state)
        assert f"PATCH https://openrouter.ai/api/v1/keys/{digest('ci')}" in pedal.plan(ACCOUNT, ALARM).text
        assert fake.off() == []
        attempt = pedal.stop(ACCOUNT, ALARM)
        assert (attempt.event, fake.off()) == ("stopped", ["ci"])
        stop = Stop("a1", "openrouter", "main", "ci", 5, "stopped", attempt.text)
        assert (pedal.resume(ACCOUNT, stop).event, fake.off()) == ("resumed", [])
    (incident,) = incidents.incidents(state)
    case = case_of(state, incident)
    assert [entry.kind for entry in case.entries] == ["open", "usage", "step", "step"]


@pytest.mark.parametrize(
    ("rows", "key", "said"),
    [
        ({"ci": {}}, "gone", "does not list a key of that name"),
        ({"ci": {}, "other": {"name": "ci"}}, "ci", "more than one key is called so"),
        ({"managing": MANAGER, "spare": MANAGER}, "managing", "the one that the audit reads with"),
        ({"managing": MANAGER, "spare": MANAGER}, digest("managing"), "the one that the audit reads with"),
        ({"boss": MANAGER, "ci": {}}, "boss", "the last key of an administrator"),
        ({"boss": MANAGER, "old": {**MANAGER, "disabled": True}}, "boss", "the last key of an administrator"),
    ],
)
def test_what_must_not_be_stopped_is_not(state: Database, rows: dict[str, Any], key: str, said: str) -> None:
    fake = OpenRouter(**rows)
    before = fake.off()
    with Server(fake) as server:
        pedal = brake(server, state)
        for attempt in (
            pedal.plan(ACCOUNT, ALARM._replace(key=key)),
            pedal.stop(ACCOUNT, ALARM._replace(key=key)),
        ):
            assert (attempt.event, said in attempt.text) == ("failed", True), attempt.text
        assert {asked.method for asked in server.asked} <= {"GET"}
    assert fake.off() == before


def test_one_of_two_administrators_keys_can_be_stopped(state: Database) -> None:
    fake = OpenRouter(boss=MANAGER, managing=MANAGER)
    with Server(fake) as server:
        assert brake(server, state).stop(ACCOUNT, ALARM._replace(key="boss")).event == "stopped"
    assert fake.off() == ["boss"]


def test_where_the_keys_cannot_be_listed_none_is_stopped(state: Database) -> None:
    fake = OpenRouter(ci={})
    fake.refused = True
    with Server(fake) as server:
        attempt = brake(server, state).stop(ACCOUNT, ALARM)
    assert (attempt.event, "lacks the scope to list keys" in attempt.text) == ("failed", True)
    assert fake.off() == []


def test_an_account_without_a_stop_that_can_be_undone_is_said(state: Database) -> None:
    with Server(OpenRouter()) as server:
        attempt = brake(server, state).stop(Account("deepseek", "main", {}), ALARM)
    assert "deepseek has no stop that can be undone" in attempt.text


def test_a_key_is_resumed_by_its_id_when_another_took_its_name(state: Database) -> None:
    fake = OpenRouter(ci={}, managing=MANAGER)
    with Server(fake) as server:
        pedal = brake(server, state)
        attempt = pedal.stop(ACCOUNT, ALARM)
        assert attempt.record == digest("ci")
        assert f"--key {digest('ci')}" in attempt.text
        fake.rows["new"] = {**fake.rows["ci"], "hash": digest("new"), "disabled": False}
        stop = Stop("a1", "openrouter", "main", "ci", 5, "stopped", attempt.text)
        told = pedal.resume(ACCOUNT, stop)
        assert told.event == "failed"
        assert f"more than one key is called so ({digest('ci')}, {digest('new')})" in told.text
        assert pedal.resume(ACCOUNT, stop._replace(record=attempt.record)).event == "resumed"
    assert fake.off() == []


class Xai:
    """A team's keys as xAI's management API has them; the management key itself may be among them."""

    def __init__(self, *names: str) -> None:
        self.rows = {
            name: {"apiKeyId": f"id-{name}", "name": name, "redactedApiKey": f"xai-...{name}", "disabled": False}
            for name in names
        }

    def __call__(self, asked: Asked) -> Reply:
        if asked.bearer != "xai-token-managing":
            return Reply(401, {"code": "unauthenticated"})
        if asked.method == "GET":
            assert asked.path == "/auth/teams/team-1/api-keys"
            return Reply(200, {"apiKeys": list(self.rows.values())})
        row = next(row for row in self.rows.values() if asked.path == f"/auth/api-keys/{row['apiKeyId']}")
        body = json.loads(asked.body)
        assert (asked.method, body["fieldMask"]) == ("PUT", "disabled")
        row.update(body["apiKey"])
        return Reply(200, row)


def test_xai_keys_are_stopped_by_their_id_and_never_the_one_in_use(state: Database) -> None:
    fake = Xai("stolen", "managing")
    team = Account("xai", "main", {"": "env:X"}, parts={"team": "team-1"}, on_breach="stop")
    with Server(fake) as server:
        settings = Settings(endpoints={"management-api.x.ai": server.address}, tries=1, clock=StillClock().clock())
        pedal = ProviderBrake(settings, state, lambda _: {"credential": Secret(b"xai-token-managing")})
        attempt = pedal.stop(team, ALARM._replace(provider="xai", key="id-stolen"))
        assert (attempt.event, fake.rows["stolen"]["disabled"]) == ("stopped", True), attempt.text
        own = pedal.stop(team, ALARM._replace(provider="xai", key="id-managing"))
        assert (own.event, "the one that the audit reads with" in own.text) == ("failed", True)
        assert fake.rows["managing"]["disabled"] is False
        assert pedal.stop(team, ALARM._replace(provider="xai", key="id-other")).event == "failed"
        stop = Stop("a1", "xai", "main", "id-stolen", 5, "stopped", attempt.text, attempt.record)
        assert (pedal.resume(team, stop).event, fake.rows["stolen"]["disabled"]) == ("resumed", False)

"""A real incident, opened and checked with the program, and what the audit makes of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyguard.audit.accounts import Account
from keyguard.commands.audit_known import known_of
from keyguard.model.usage import HOUR, Span
from keyguard.respond.exposures import exposures, names_of
from keyguard.state import alarms, incidents, revocations
from keyguard.state.database import Database, open_state
from keyguard.state.revocations import Entry
from tests.audit.fakes import llm
from tests.audit.fakes.ledger import Ledger, used
from tests.http.server import Asked, Reply, Server
from tests.program import run_keyguard
from tests.repositories import START, Repo
from tests.respond.fakes.anthropic import FakeAnthropic
from tests.respond.fakes.keys import Key, Ring
from tests.secrets import made_up

LEAKED = made_up("anthropic").secrets[0].decode()
AREAS = [incidents.AREA, revocations.AREA, alarms.AREA]
OPENAI = Account("openai", "main", {})


class World:
    """One Anthropic account: its keys and its books. `leaked` is used once in each of the last 30 hours."""

    def __init__(self, folder: Path, address: str, ring: Ring, book: Ledger) -> None:
        self.folder, self.ring, self.book = folder, ring, book
        (folder / "settings.toml").write_text(
            f"""
            [endpoints]
            "api.anthropic.com" = "{address}"
            [network]
            per-second = 1000
            tries = 1
            [credentials]
            anthropic = "env:ADMIN"
            [[audit.account]]
            provider = "anthropic"
            credential = "env:ADMIN"
            history = "4d"
            sources = ["messages"]
            """,
            encoding="utf-8",
        )
        repository = Repo(folder / "repo")
        repository.commit({"chat.sh": made_up("anthropic").text + b"\n"}, "Begin")

    @property
    def state(self) -> Path:
        return self.folder / "state.sqlite3"

    def run(self, *words: str) -> tuple[int, str]:
        state, config = str(self.state), str(self.folder / "settings.toml")
        done = run_keyguard(
            *words, cwd=self.folder / "repo", ADMIN=self.ring.admin, KEYGUARD_STATE=state, KEYGUARD_CONFIG=config
        )
        return done.returncode, (done.stdout + done.stderr).decode()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    now = int(time.time()) // HOUR * HOUR
    uses = [used(now - hour * HOUR, key, 5, 900, 90) for hour in range(1, 31) for key in ("apikey_1", "other")]
    book = Ledger([use._replace(model="claude-sonnet-4-5") for use in uses])
    ring = Ring([Key("sk-ant-another", "other"), Key(LEAKED, "apikey_1")])

    def answer(asked: Asked) -> Reply:
        usage = "report" in asked.path
        return llm.anthropic(book, ring.admin)(asked) if usage else FakeAnthropic(ring)(asked)

    with Server(answer) as server:
        yield World(tmp_path, server.address, ring, book)


def test_use_in_the_window_of_an_incident_and_after_its_end_is_told(world: World) -> None:
    assert world.run("audit", "run") == (0, "keyguard: 1 account read; nothing unusual\n")
    world.run("scan", "-f", "json", "-o", "../findings.json")
    code, said = world.run("incident", "open", "../findings.json")
    assert code == 0, said
    with open_state(world.state, AREAS) as state:
        (exposure,) = exposures(state)
        assert (exposure.provider, exposure.since, exposure.until) == ("anthropic", START + HOUR, None)
        assert "apikey_1" in exposure.names

    code, said = world.run("audit", "run")
    assert code == 1, said
    assert "key apikey_1 was used while it is known to be exposed" in said
    assert "other" not in said
    assert world.run("audit", "run")[1].count("exposed") == 0, "it is told once"

    world.ring.keys[1].state = "dead"
    assert world.run("incident", "check")[0] == 0
    with open_state(world.state, AREAS) as state:
        (exposure,) = exposures(state)
        assert (exposure.dead, exposure.until is not None) == (True, True)
        known = known_of(state, Account("anthropic", "main", {}))
        assert known.of("apikey_1") == (exposure.until, (Span(exposure.since, exposure.until or 0),))
        assert known.of("other") == (None, ())
    assert world.run("incident", "close", "--reason", "dead")[0] == 0
    with open_state(world.state, AREAS) as state:
        assert known_of(state, Account("anthropic", "main", {})).of("apikey_1") == (exposure.until, ())


def test_use_after_the_stop_of_an_incident_is_told(world: World) -> None:
    world.run("scan", "-f", "json", "-o", "../findings.json")
    world.ring.keys[1].state = "dead"
    assert world.run("incident", "open", "../findings.json")[0] == 0
    # As if the incident had been opened in the morning.
    with open_state(world.state, [incidents.AREA]) as state, state.writing() as connection:
        connection.execute("UPDATE incident_entry SET at = at - ?", (8 * HOUR,))
    code, said = world.run("audit", "run")
    assert code == 1, said
    assert "key apikey_1 was used although it had been revoked" in said


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", AREAS) as opened:
        yield opened


def stop(state: Database, at: float, event: str, way: str = "delete", **more: object) -> None:
    entry = Entry("a", at, event, "ada", "openai", "openai-project-key", "f", "sk-…", way, target="key_1")
    revocations.append(state, entry._replace(**more))  # type: ignore[arg-type]  # fields by name


def test_a_stop_that_was_not_one_counts_for_nothing(state: Database) -> None:
    stop(state, 10, "started")
    stop(state, 11, "refused")
    stop(state, 12, "accepted", "spend-limit")
    stop(state, 13, "accepted", provider="anthropic")
    assert known_of(state, OPENAI).of("key_1") == (None, ())


def test_a_stop_counts_until_it_is_undone(state: Database) -> None:
    stop(state, 10, "accepted")
    stop(state, 12, "dead")
    assert known_of(state, OPENAI).of("key_1") == (10, ())
    stop(state, 20, "accepted", undoing=True)
    assert known_of(state, OPENAI).of("key_1") == (None, ())
    stop(state, 30, "accepted")
    assert known_of(state, OPENAI).of("key_1") == (30, ())


def test_keys_are_known_by_every_name_that_figures_use(state: Database) -> None:
    record = {"id": "projects/1/locations/global/keys/abc-1", "title": "ci"}
    assert {"abc-1", "ci", "AKIA1"} <= names_of({"record": record, "parts": {"id": "AKIA1"}})
    assert names_of({"record": {}, "parts": {}}) == frozenset()
    stop(state, 10, "dead", provider="google", target=record["id"])
    assert known_of(state, Account("google", "main", {})).of("apikey:abc-1") == (10, ())

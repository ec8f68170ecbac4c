"""Rotations against fakes of every provider that can make keys, stopped at every request and gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

from keyguard.errors import KeyguardError
from keyguard.http import Client, Settings
from keyguard.model import Secret
from keyguard.providers.actions import find_file
from keyguard.providers.rotating import read_turns
from keyguard.respond.listing import RefusedError
from keyguard.respond.rotate import Rotator
from keyguard.respond.rotate_desk import Desk, RotateError
from keyguard.respond.rotate_leftovers import plan_of
from keyguard.respond.sinks.envfile import EnvFile
from keyguard.respond.sinks.sink import Sink, Values
from keyguard.state import rotations
from keyguard.state.database import Database, open_state
from keyguard.state.rotations import AREA, Rotation
from tests.http.server import Asked, Reply, Server
from tests.respond.fakes.makers import ADMIN, CASES, Kept, Maker
from tests.respond.findings import led
from tests.secrets import made_up


class Scene(NamedTuple):
    maker: Maker
    desk: Callable[[], Desk]
    rotation: Rotation
    state: Database
    target: Path

    def rotator(self, *more: Sink) -> Rotator:
        return Rotator(self.rotation, self.desk(), [EnvFile(str(self.target)), *more], self.state)


class WriteOnly:
    """A sink that gives nothing back."""

    readable = False

    def __init__(self, fails: bool = False) -> None:
        self.name, self.fails, self.got = "cmd:test", fails, ""

    def check(self) -> None:
        pass

    def write(self, values: Values) -> None:
        if self.fails:
            raise KeyguardError("the program failed")
        self.got = next(iter(values.values())).reveal().decode()

    def read(self, names: tuple[str, ...]) -> Values | None:
        return None


@lru_cache
def _values(provider: str) -> tuple[str, ...]:
    """Expanding a template parses the whole provider file: once is enough."""
    first = made_up(provider, CASES[provider].rule).secrets[0].decode()
    return (first, *(first[:-4] + f"{number:04d}" for number in range(1, 8)))


@contextmanager
def scene(
    provider: str, tmp_path: Path, *, grace: float = 0.0, cut: int = 0, final: bool = False, unused: float = 0.0
) -> Iterator[Scene]:
    case = CASES[provider]
    old, *values = _values(provider)
    maker = Maker(values, [Kept(case.key, old)])
    count = [0, cut]

    def handle(asked: Asked) -> Reply:
        reply = case.serve(maker, asked)
        count[0] += 1
        return Reply(500, {}) if count[0] == count[1] else reply

    file = find_file(provider)
    assert file is not None
    turn = next(each for each in read_turns(file) if each.kind == case.kind)
    plan = plan_of(turn.variables, [], parts=case.parts, grace=grace, unused=unused, final=final)
    rotation = Rotation("1a2b3c4d", provider, case.kind, case.key, plan, 0.0)
    credential = (
        {"credential.sid": case.key, "credential.token": old} if provider == "twilio" else {"credential": ADMIN}
    )
    own = {name: Secret(value.encode()) for name, value in credential.items()}
    target = tmp_path / ".env"
    with Server(handle) as server, open_state(tmp_path / "state.sqlite3", [AREA]) as state:
        settings = led(server, *case.hosts)
        rotations.add(state, rotation)
        client = Client(settings, file.hosts)

        def desk() -> Desk:
            return Desk(file, turn, client, settings, {**own, **case.parts}).about(case.key)

        yield Scene(maker, desk, rotation, state, target)
        client.close()


def assert_one_left(found: Scene, provider: str) -> None:
    """The old key is stopped, one other is live, and the file holds that one."""
    case = CASES[provider]
    old, *new = found.maker.keys
    alive = [each for each in new if each.state == "live"]
    assert (old.state, len(alive)) == (case.stopped, 1)
    assert all(each.state == "gone" for each in new if each not in alive)
    assert found.target.read_text(encoding="utf-8").split("=", 1)[1].strip() == alive[0].value


@pytest.mark.parametrize("provider", sorted(CASES))
def test_rotates(provider: str, tmp_path: Path) -> None:
    with scene(provider, tmp_path) as found:
        assert found.rotator().run().state == "done"
        assert_one_left(found, provider)


@pytest.mark.parametrize("provider", sorted(CASES))
def test_goes_on_after_a_failure_at_any_request(provider: str, tmp_path: Path) -> None:
    """The request is done at the provider, and its answer lost: the worst that can happen to it."""
    event = 0
    while True:
        event += 1
        folder = tmp_path / str(event)
        folder.mkdir()
        with scene(provider, folder, cut=event) as found:
            failed = False
            for _ in range(3):
                try:
                    found.rotator().run()
                except KeyguardError:
                    failed = True
                    live = [each for each in found.maker.keys if each.state == "live"]
                    assert live, "nothing works any more"
                else:
                    break
            assert_one_left(found, provider)
        if not failed and event > 12:
            return


def test_settings_are_copied(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path) as found:
        found.rotator().run()
        assert found.maker.made[0]["name"] == "ci keyguard-1a2b3c4d-1"
        assert {name: found.maker.made[0][name] for name in ("limit", "limit_reset", "workspace_id")} == {
            "limit": 5,
            "limit_reset": "daily",
            "workspace_id": "w",
        }
        assert "expires_at" not in found.maker.made[0]


def test_waits_out_its_grace(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path, grace=3600) as found:
        outcome = found.rotator().run()
        assert (outcome.state, found.maker.keys[0].state) == ("waiting", "live")
        assert found.rotator().run().until == outcome.until
        desk = found.desk()
        desk = desk._replace(settings=_at(desk, outcome.until + 1))
        sinks = [EnvFile(str(found.target))]
        assert Rotator(found.rotation, desk, sinks, found.state).run().state == "done"
        assert found.maker.keys[0].state == "off"


def _at(desk: Desk, now: float) -> Settings:
    from dataclasses import replace

    return replace(desk.settings, clock=desk.settings.clock._replace(now=lambda: now))


def test_waits_until_the_old_key_falls_silent(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path, unused=600) as found:
        with pytest.raises(RotateError, match="nobody tells"):
            found.rotator().run()
        desk, sinks = found.desk(), [EnvFile(str(found.target))]
        now = desk.settings.clock.now()
        for used, later, state in ((now, 10, "waiting"), (now + 500, 700, "waiting"), (now + 500, 1200, "done")):
            at = desk._replace(settings=_at(desk, now + later))
            rotator = Rotator(found.rotation, at, sinks, found.state, lambda _, used=used: used)  # type: ignore[misc]
            outcome = rotator.run()
            assert outcome.state == state
        assert found.maker.keys[0].state == "off"


def test_delete_is_final(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path, final=True) as found:
        found.rotator().run()
        assert found.maker.keys[0].state == "gone"


def test_a_key_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path) as found:
        found.maker.keys[0].id = "another"
        with pytest.raises(RotateError, match="there is no key old_1"):
            found.rotator().run()
        assert (len(found.maker.keys), found.target.exists()) == (1, False)


def test_a_wrong_credential_changes_nothing(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path) as found:
        desk = found.desk()
        wrong = desk._replace(values={**desk.values, "credential": Secret(b"wrong")})
        with pytest.raises(RefusedError, match="not accepted"):
            Rotator(found.rotation, wrong, [EnvFile(str(found.target))], found.state).run()
        assert (len(found.maker.keys), found.target.exists()) == (1, False)


def test_a_sink_that_fails_leaves_the_old_key(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path) as found:
        with pytest.raises(KeyguardError, match="the program failed"):
            found.rotator(WriteOnly(fails=True)).run()
        assert [each.state for each in found.maker.keys] == ["live", "live"]
        sink = WriteOnly()
        assert found.rotator(sink).run().state == "done"
        assert_one_left(found, "openrouter")
        assert sink.got == found.maker.keys[1].value, "read back from the file, not made anew"


def test_a_value_that_is_lost_is_replaced_before_it_is_removed(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path) as found:
        sink = WriteOnly(fails=True)
        with pytest.raises(KeyguardError):
            Rotator(found.rotation, found.desk(), [sink], found.state).run()
        sink = WriteOnly()
        assert Rotator(found.rotation, found.desk(), [sink], found.state).run().state == "done"
        assert [each.state for each in found.maker.keys] == ["off", "gone", "live"]
        assert sink.got == found.maker.keys[2].value


def test_a_successor_that_vanished_keeps_the_old_key(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path, grace=1) as found:
        found.rotator().run()
        found.maker.keys[1].state = "gone"
        desk = found.desk()
        desk = desk._replace(settings=_at(desk, desk.settings.clock.now() + 10))
        with pytest.raises(RotateError, match="not there any more"):
            Rotator(found.rotation, desk, [EnvFile(str(found.target))], found.state).run()
        assert found.maker.keys[0].state == "live"


def test_no_value_is_recorded(tmp_path: Path) -> None:
    with scene("openrouter", tmp_path) as found:
        found.rotator().run()
        stored = (tmp_path / "state.sqlite3").read_bytes()
        assert not any(each.value.encode() in stored for each in found.maker.keys)
        assert found.maker.keys[1].value in found.target.read_text(encoding="utf-8")

"""`keyguard audit run` and `watch` as processes: sinks that fail, two at once, signals, a disk that is full."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.audit.fakes import llm, services
from tests.audit.fakes.ledger import HOUR, Ledger, used
from tests.http.server import Asked, Reply, Server
from tests.program import environment, run_keyguard
from tests.zygote import AUDIT, quick_keyguard

Program = Callable[..., "subprocess.CompletedProcess[bytes]"]


class Post:
    """A receiver of webhooks that can be out of order."""

    def __init__(self) -> None:
        self.broken = False
        self.texts: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        if self.broken:
            return Reply(400)
        self.texts.append(asked.body.decode())
        return Reply(200)


class World:
    """An OpenAI key that spent $10 in the last hour where $5 are allowed a day, and a DeepSeek account."""

    def __init__(self, folder: Path, program: Program) -> None:
        now = int(time.time()) // HOUR * HOUR
        self.folder, self.program = folder, program
        self.book = Ledger([used(now - hour * HOUR, "key_0", 5, 4_000_000, 0) for hour in (1, 30)])
        self.hook, self.chat = Post(), Post()
        self.servers = [
            Server(each) for each in (llm.openai(self.book), services.deepseek({"USD": "5.00"}), self.hook, self.chat)
        ]

    def settings(self, alerts: str = "", *, keys: str = "", deepseek: str = "env:DEEP") -> None:
        openai, balance, *_ = self.servers
        (self.folder / "settings.toml").write_text(
            f"""
            [endpoints]
            "api.openai.com" = "{openai.address}"
            "api.deepseek.com" = "{balance.address}"
            [network]
            per-second = 1000
            tries = 1
            [audit.alerts]
            {alerts}
            [[audit.account]]
            provider = "openai"
            credential = "env:ADMIN"
            history = "3d"
            sources = ["completions"]
            limits = {{ daily = 5 }}
            {keys}
            [[audit.account]]
            provider = "deepseek"
            credential = "{deepseek}"
            """,
            encoding="utf-8",
        )

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def variables(self) -> dict[str, str]:
        chat = self.servers[3].address.replace("http://", "json://")
        return {
            "ADMIN": "admin", "DEEP": "key", "CHAT": chat, "KEYGUARD_STATE": str(self.state),
            "KEYGUARD_CONFIG": str(self.folder / "settings.toml"),
        }  # fmt: skip

    def run(self, *words: str, **more: str) -> tuple[int, str, str]:
        done = self.program(*words, cwd=self.folder, **{**self.variables, **more})
        return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with quick_keyguard(tmp_path_factory.mktemp("zygote"), *AUDIT) as run:
        yield run


@pytest.fixture
def world(tmp_path: Path, program: Program) -> Iterator[World]:
    world = World(tmp_path, program)
    one, two, three, four = world.servers
    with one, two, three, four:
        world.settings()
        yield world


def test_a_sink_that_fails_is_told_by_the_others_and_by_the_exit_code(world: World) -> None:
    pytest.importorskip("apprise")
    world.settings(f'webhook = {{ url = "{world.servers[2].address}/x" }}\napprise = ["env:CHAT"]')
    world.hook.broken = True
    code, told, said = world.run("audit", "run")
    assert code == 3
    assert told.count("is over its limit") == 1
    assert "webhook 127.0.0.1 did not take 1 notice: webhook 127.0.0.1: answered 400" in told
    assert "not delivered: webhook 127.0.0.1: answered 400; 1 waiting" in said
    bodies = [json.loads(text) for text in world.chat.texts]
    assert ["is over its limit" in body["message"] for body in bodies] == [True, False]
    assert "webhook 127.0.0.1 did not take 1 notice" in bodies[1]["message"]
    world.hook.broken = False
    code, told, said = world.run("audit", "run")
    assert (code, told) == (1, ""), said
    (told,) = world.hook.texts
    assert "limit" in json.loads(told)["alarm"]["kinds"]
    assert len(world.chat.texts) == 2


def test_a_sink_without_its_credential_stops_no_audit(world: World) -> None:
    world.settings('apprise = ["env:NOT_SET"]')
    code, told, said = world.run("audit", "run")
    assert code == 3
    assert "is over its limit" in told
    assert "apprise env:NOT_SET: the environment variable NOT_SET is not set" in said


def test_an_account_whose_credential_was_revoked_spares_the_others(world: World) -> None:
    world.settings(deepseek="env:OLD")
    code, told, said = world.run("audit", "run", OLD="revoked")
    assert code == 3
    assert "is over its limit" in told
    assert "deepseek/main  not read: balance: the credential is refused (401)" in said
    assert "1 account read, 1 not" in said


def test_two_runs_at_once_raise_one_alarm(world: World) -> None:
    found: list[tuple[int, str, str]] = []
    world.program = run_keyguard  # the other takes one at a time
    runs = [threading.Thread(target=lambda: found.append(world.run("audit", "run"))) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert [code for code, _, _ in found] == [1, 1], found
    assert sum(told.count("is over its limit") for _, told, _ in found) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals and limits are POSIX things")
def test_a_watch_is_alone_and_ends_when_it_is_told_to(world: World) -> None:
    command = [sys.executable, "-m", "keyguard", "audit", "watch", "--every", "1h"]
    watch = subprocess.Popen(
        command, cwd=world.folder, env=environment(**world.variables), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert watch.stdout
    assert watch.stderr
    assert watch.stderr.readline() == b"keyguard: watching; a pass every 60 min\n"
    code, _, said = world.run("audit", "watch")
    assert (code, "watch: another keyguard is at it" in said) == (3, True)
    assert b"2 accounts read; 1 alarm open" in watch.stderr.readline(), "the first pass is at once"
    watch.send_signal(signal.SIGTERM)
    told, said_last = watch.communicate(timeout=60)
    assert watch.returncode == 0
    assert told.count(b"is over its limit") == 1
    assert said_last == b"keyguard: the watch ended as it was told to\n"


def limited(world: World, program: str) -> subprocess.CompletedProcess[bytes]:
    """A program that may not make files larger than the state file is, while there is much to be written into it."""
    assert world.run("audit", "run", "deepseek")[0] == 0
    size = world.state.stat().st_size
    now = int(time.time()) // HOUR * HOUR
    world.book.uses += [used(now - hour * HOUR, f"key_{key}", 5, 900, 9) for key in range(60) for hour in range(1, 60)]
    text = f"import resource, sys; SIZE = {size}; FREE = resource.RLIM_INFINITY\n{program}"
    return subprocess.run(
        [sys.executable, "-c", text], cwd=world.folder, env=environment(**world.variables), capture_output=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="signals and limits are POSIX things")
def test_a_full_disk_is_said_and_nothing_is_lost(world: World) -> None:
    full = limited(
        world,
        "resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE, SIZE))\n"
        "from keyguard.cli import main; sys.exit(main(['audit', 'run']))",
    )
    assert full.returncode == 3
    assert b"Traceback" not in full.stderr
    assert str(world.state).encode() in full.stderr
    code, told, said = world.run("audit", "run")
    assert (code, told.count("is over its limit")) == (1, 1), said


WATCH = """
import time
from keyguard.audit.watching import Pace, watch
from keyguard.commands.audit_watch import one_pass
from keyguard.commands.audit_wiring import audit_of, open_config
from keyguard.http import Clock

resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE, FREE))
config, slept = open_config(None), []

def sleep(seconds):
    slept.append(seconds)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FREE, FREE))

clock = Clock(time.monotonic, sleep, lambda: time.time() + sum(slept))
watch(one_pass(config, audit_of(config), (), False), Pace(3600), clock, lambda: sum(slept) > 7200)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals and limits are POSIX things")
def test_a_watch_outlives_a_full_disk(world: World) -> None:
    done = limited(world, WATCH)
    assert done.returncode == 0, done.stderr
    first, *later = done.stderr.decode().splitlines()
    assert first.startswith(f"keyguard: this pass failed: {world.state}: ")
    assert [line for line in later if "failed" in line] == []
    assert later[-1] == "keyguard: 2 accounts read; 1 alarm open"
    assert done.stdout.decode().count("is over its limit") == 1, "it is told with the first pass that can be kept"

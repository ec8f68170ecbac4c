"""What alarms are told through, against receivers on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest

from keyguard.audit.delivery import deliver
from keyguard.audit.schedule import cron, launchd, systemd, windows
from keyguard.audit.schedule.plan import Job
from keyguard.audit.sinks.issue import Issue
from keyguard.audit.sinks.printed import JobSummary, Output, plain
from keyguard.audit.sinks.webhook import Webhook
from keyguard.errors import KeyguardError
from keyguard.http import Client, Settings
from keyguard.model import Secret
from keyguard.state.alarms import AREA, Alarm, pending, queue
from keyguard.state.database import Database, open_state
from tests.http.clocks import StillClock
from tests.http.server import Asked, Reply, Server

ALARM = Alarm(
    "a1", "openai", "main", "key_0", "", ("limit",), 3, 1000, 1000, 1000, None, 90.0, 0.2, 89.8, "USD",
    "key_0 is over its limit.", ("a stolen key",),
)  # fmt: skip


def noted(state: Database, what: str, *sinks: str) -> None:
    with state.writing() as connection:
        queue(connection, ALARM, what, 2000, sinks)


def test_a_webhook_that_fails_is_told_by_the_others_and_tried_again(tmp_path: Path) -> None:
    broken = True
    lines: list[str] = []
    with (
        Server(lambda _: Reply(400 if broken else 204)) as server,
        open_state(tmp_path / "state", [AREA]) as state,
    ):
        settings = Settings(endpoints={"hooks.example": server.address}, clock=StillClock().clock())
        hook = Webhook("https://hooks.example/x", Secret(b"shared"), Client(settings, ["hooks.example"]), lambda: 5.0)
        sinks = (Output(lines.append), hook)
        noted(state, "raised", "stdout", hook.name)
        assert [failure.sink for failure in deliver(state, sinks, 2000)] == [hook.name]
        assert ["answered 400" in line for line in lines] == [False, True]
        assert len(deliver(state, sinks, 2001)) == 1
        assert (len(lines), pending(state)[0][0]) == (2, hook.name)
        broken = False
        assert deliver(state, sinks, 2002) == []
        assert deliver(state, sinks, 2003) == []
        asked = server.asked[-1]
    assert len(server.asked) == 3
    mac = hmac.new(b"shared", b"5." + asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-keyguard-signature"] == f"sha256={mac}"
    assert json.loads(asked.body)["alarm"]["sentence"] == ALARM.sentence


def test_an_alarm_is_one_issue(tmp_path: Path) -> None:
    issues: list[dict[str, str]] = []

    def github(asked: Asked) -> Reply:
        assert asked.bearer == "token"
        if asked.method == "GET":
            return Reply(200, [])
        issues.append(json.loads(asked.body))
        return Reply(201, {"number": 7})

    with Server(github) as server, open_state(tmp_path / "state", [AREA]) as state:
        settings = Settings(endpoints={"api.github.com": server.address}, per_second=1e6)
        sink = Issue("acme/ops", Secret(b"token"), Client(settings, ["api.github.com"]))
        for what in ("raised", "worse", "over"):
            noted(state, what, sink.name)
            assert deliver(state, (sink,), 2000) == []
        paths = [(asked.method, asked.path.removeprefix("/repos/acme/ops/issues")) for asked in server.asked]
    assert paths == [("GET", ""), ("POST", ""), ("POST", "/7/comments"), ("POST", "/7/comments"), ("PATCH", "/7")]


def test_names_in_a_summary_are_no_markdown(tmp_path: Path) -> None:
    assert plain("[x](y) @all") == "\\[x\\](y) @\u200ball"
    with open_state(tmp_path / "state", [AREA]) as state:
        noted(state, "raised", "job summary")
        assert deliver(state, (JobSummary(tmp_path / "summary"),), 2000) == []
    assert (tmp_path / "summary").read_text(encoding="utf-8").startswith("### ALARM high")


JOB = Job(("/opt/key guard/bin", "audit", "run"), 3600, Path("/home/p"), (("KEYGUARD_STATE", "/s 100%"),))


def test_each_system_gets_its_own_files() -> None:
    service, timer = (text for _, text in systemd.plan(JOB).files)
    assert 'ExecStart="/opt/key guard/bin" audit run\n' in service
    assert 'Environment="KEYGUARD_STATE=/s 100%%"' in service
    assert "OnUnitActiveSec=3600s" in timer
    assert "<integer>3600</integer>" in launchd.plan(JOB).files[0][1]
    assert "7 * * * * KEYGUARD_STATE=" in cron.plan(JOB).install[0]
    assert "<Interval>PT60M</Interval>" in windows.plan(JOB).files[0][1]
    with pytest.raises(KeyguardError, match="that often"):
        cron.plan(JOB._replace(every=7 * 60))

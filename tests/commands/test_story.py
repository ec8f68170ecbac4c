"""From found to fixed: scan, verify, identify, incident, revoke, check, rotate, report; killed anywhere, and resumed.

Every request is a place to be killed at, before the provider hears of it and after it has done it, so each recorded
step has a kill on both of its sides.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from keyguard.state import incidents
from keyguard.state.database import open_state
from keyguard.state.incidents import Entry
from keyguard.state.rotations import AREA, rotations
from tests.commands.story import ADMIN, Anthropic, GitHub, Leaks, World
from tests.http.server import Server
from tests.leftovers import holders
from tests.program import COMPILED
from tests.repositories import Repo
from tests.respond.fakes.amazon import OWN_ID, OWN_SECRET, FrontOfAws, running_moto
from tests.zygote import Zygote

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="there is neither fork nor SIGKILL"),
    pytest.mark.skipif(not all(map(find_spec, ("boto3", "moto", "flask"))), reason="needs boto3 and moto[server]"),
]


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with running_moto() as address:
        yield address


@pytest.fixture
def world(tmp_path: Path, moto: str, request: pytest.FixtureRequest) -> Iterator[World]:
    repository = Repo(tmp_path / "repo")
    made = World(repository, moto, re.sub(r"[^a-z]", "", str(request.node.name).lower())[:40])
    repository.commit(_files(made.leaks), "add settings")
    (tmp_path / "temp").mkdir()
    variables = {
        "PATH": f"{_recording_git(tmp_path)}{os.pathsep}{os.environ['PATH']}",
        "ADMIN": ADMIN,
        "OWN_ID": OWN_ID,
        "OWN_SECRET": OWN_SECRET,
        "KEYGUARD_STATE": str(tmp_path / "state.sqlite3"),
        "KEYGUARD_CONFIG": str(tmp_path / "keys.toml"),
        "KEYGUARD_PERSON": "ada",
        "TMPDIR": str(tmp_path / "temp"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with (
        Server(made.deadly(FrontOfAws(moto, made.dead))) as aws,
        Server(made.deadly(Anthropic(made.anthropic))) as anthropic,
        Server(made.deadly(GitHub(made.github))) as github,
        Zygote(repository.path, **variables) as zygote,
    ):
        (tmp_path / "keys.toml").write_text(_settings(aws, anthropic, github), encoding="utf-8")
        made.zygote = zygote
        yield made
        made.iam.close()


def _recording_git(folder: Path) -> Path:
    """A folder with a `git` that writes down its arguments before it is git."""
    real, place = shutil.which("git"), folder / "bin"
    place.mkdir()
    text = f"#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{folder}/git.arguments'\nexec '{real}' \"$@\"\n"
    (place / "git").write_text(text, encoding="utf-8")
    (place / "git").chmod(0o700)
    return place


def _files(leaks: Leaks) -> dict[str, bytes | str | None]:
    return {
        "deploy.env": f"AWS_ACCESS_KEY_ID={leaks.aws_id}\nAWS_SECRET_ACCESS_KEY={leaks.aws}\n",
        "bot.py": f'client = Client(api_key="{leaks.anthropic}")\n',
        "ci.sh": f"export GITHUB_TOKEN={leaks.github}\n",
    }


def _settings(aws: Server, anthropic: Server, github: Server) -> str:
    hosts = ("iam.amazonaws.com", "sts.amazonaws.com", "secretsmanager.us-east-1.amazonaws.com")
    lines = ["[credentials]", 'anthropic = "env:ADMIN"', 'aws = { id = "env:OWN_ID", secret = "env:OWN_SECRET" }']
    lines += ["[network]", "per-second = 1000", "tries = 1", "[endpoints]"]
    lines += [f'"{host}" = "{aws.address}"' for host in hosts]
    lines += [f'"api.anthropic.com" = "{anthropic.address}"', f'"api.github.com" = "{github.address}"']
    return "\n".join(lines) + "\n"


def found(world: World) -> dict[str, str]:
    """Fingerprints by rule."""
    document = json.loads((world.folder / "../findings.json").read_text(encoding="utf-8"))
    return {each["rule"]: each["fingerprint"] for each in document["findings"]}


def rotate_through(world: World, target: Path, again: Callable[[int], int], *more: str) -> None:
    """Rotate, killed at event `again(n)` of the n-th run (0: not killed), resumed until nothing is under way."""
    words = ("rotate", "aws", "--key", world.leaks.aws_id, "--to", f"env:{target}", "--to", f"aws-sm:prod/{world.user}")
    for run in range(200):
        with open_state(world.folder / "../state.sqlite3", [AREA]) as state:
            under_way = bool(rotations(state, only_open=True))
        code = world.run(*(("rotate", "--resume") if under_way else (*words, "--yes")), *more, kill_at=again(run))
        if code != -signal.SIGKILL:
            assert code == 0, world.zygote and world.zygote.said
            return
    raise AssertionError("the rotation does not end")


def assert_rotated(world: World, target: Path) -> str:
    """The old key is inactive, one new key is active and in both places, and no other is left; its secret."""
    states = {each["AccessKeyId"]: each["Status"] for each in world.listed()}
    assert states.pop(world.leaks.aws_id) == "Inactive"
    assert list(states.values()) == ["Active"]
    told = dict(line.split("=", 1) for line in target.read_text(encoding="utf-8").splitlines() if "=" in line)
    assert told["AWS_ACCESS_KEY_ID"] == next(iter(states))
    assert (target.stat().st_mode & 0o777, told["KEPT"]) == (0o600, "1 # comment")
    held = world.held()
    assert {name: told[name] for name in held} == held
    return told["AWS_SECRET_ACCESS_KEY"]


def test_the_whole_story_killed_at_every_step(world: World, tmp_path: Path, cage: Path) -> None:
    target = tmp_path / "production.env"
    target.write_text("# of production\nKEPT=1 # comment\n", encoding="utf-8")
    world.soon_killed("scan", "-f", "json", "-o", "../findings.json")
    assert not (tmp_path / "findings.json").exists() or found(world), "half a report"
    assert world.zygote is not None
    assert world.run("scan", "-f", "json", "-o", "../findings.json") == 1, world.zygote.said
    marks = found(world)
    wanted = [marks[rule] for rule in ("aws-access-key", "anthropic-api-key", "github-personal-token")]

    assert world.through("verify", *wanted, "-f", "json", "-o", "../verified.json") == 1
    verified = json.loads((tmp_path / "verified.json").read_text(encoding="utf-8"))
    assert {each["verdict"] for each in verified["findings"]} == {"live"}
    assert world.through("identify", *wanted) == 0
    for told in (world.user, "apikey_1", "owner: ada"):
        assert told in world.zygote.reported

    assert world.through("incident", "open", *wanted) == 0
    incident = world.zygote.reported.strip()
    world.soon_killed("incident", "list")
    assert world.run("incident", "list") == 0
    assert world.zygote.reported.count("\n") == 1, "a run that was killed opened nothing"
    world.soon_killed("incident", "close")
    assert world.run("incident", "close") == 2
    assert "stays open" in world.zygote.said

    for mark in wanted:
        assert world.through("revoke", mark, "--yes") in (0, 3), world.zygote.said
    assert world.through("incident", "check") == 0, world.zygote.said
    assert [key.state for key in (*world.anthropic.keys, *world.github.keys)] == ["dead", "dead"]

    rotate_through(world, target, lambda run: 2 * run + 2, "--incident", incident)
    new = assert_rotated(world, target)
    written = step_killed(world, "the new key is in production")
    assert world.run("incident", "step", "the new key is in production") == 0
    assert steps(world, "the new key is in production") == written + 1
    for shape in ("md", "html", "json"):
        world.soon_killed("incident", "report", "-f", shape, "-o", f"../incident.{shape}")
        assert world.run("incident", "report", "-f", shape, "-o", f"../incident.{shape}") == 0
    world.soon_killed("incident", "close", "--reason", "all stopped")
    assert world.run("incident", "close", "--reason", "all stopped") == (2 if is_closed(world) else 0), (
        world.zygote.said
    )
    assert is_closed(world)
    assert world.run("incident", "verify", incident) == 0
    assert_told(tmp_path, world)
    assert_kept_nowhere((*world.leaks.values, new, ADMIN, OWN_SECRET), world, tmp_path, cage)


def chain(world: World) -> list[Entry]:
    """All entries of the only incident; none of them is half written."""
    with open_state(world.folder / "../state.sqlite3", [incidents.AREA]) as state:
        (incident,) = incidents.incidents(state)
        found = incidents.entries(state, incident)
    assert incidents.breaks(found) == []
    return list(found)


def steps(world: World, text: str) -> int:
    return sum(entry.kind == "step" and entry.body["text"] == text for entry in chain(world))


def is_closed(world: World) -> bool:
    closings = [entry for entry in chain(world) if entry.kind == "close"]
    assert len(closings) <= 1, "closed once"
    return bool(closings)


def step_killed(world: World, text: str) -> int:
    """How many of three runs that were killed had written the step, each whole and once."""
    before = steps(world, text)
    world.soon_killed("incident", "step", text)
    assert before <= steps(world, text) <= before + 3
    return steps(world, text)


def assert_told(tmp_path: Path, world: World) -> None:
    """The reports tell what happened."""
    told = json.loads((tmp_path / "incident.json").read_text(encoding="utf-8"))
    assert (told["within_5_minutes"], told["unchanged"], len(told["keys"])) == (True, True, 3)
    assert told["keys"][0]["exposed_since"].startswith("2026-01-01")
    evidence = {key["rule"]: key["verdict"]["answer"] for key in told["keys"]}
    assert f"user/{world.user}" in evidence["aws-access-key"]
    assert '"login": "ada"' in evidence["github-personal-token"]
    text = (tmp_path / "incident.md").read_text(encoding="utf-8")
    assert "5 minutes: every key should be stopped" in text
    assert "the new key is in production" in text
    assert f"rotate aws {world.leaks.aws_id}: stop end" in text


def assert_kept_nowhere(secrets: tuple[str, ...], world: World, tmp_path: Path, cage: Path) -> None:
    """No secret is on disk but where the story put it, nor in an argument of a process."""
    own = [str(world.folder / name) for name in _files(world.leaks)]
    for name in _files(world.leaks):
        blob = world.repository.git("rev-parse", f"HEAD:{name}").strip()
        own.append(str(world.folder / ".git/objects" / blob[:2] / blob[2:]))
    left = holders(secrets, tmp_path, cage, Path(COMPILED.name))
    assert left == sorted([str(tmp_path / "production.env"), *own]), "secrets on disk"
    assert world.zygote is not None
    assert "verify" in world.zygote.words
    arguments = (tmp_path / "git.arguments").read_text(encoding="utf-8")
    assert "rev-parse" in arguments or "cat-file" in arguments
    seen = "\n".join([*world.zygote.words, arguments]) + b"\n".join(world.lines).decode("utf-8", "replace")
    assert not any(secret in seen for secret in secrets), "secrets in arguments"
    if sys.platform == "linux":
        assert any(b"tests.zygote" in line for line in world.lines)


def test_a_rotation_killed_once_anywhere_ends_the_same(world: World, tmp_path: Path) -> None:
    target = tmp_path / "production.env"
    event = 0
    while True:
        event += 2  # after each request; before one is after the one before it
        target.write_text("KEPT=1 # comment\n", encoding="utf-8")
        for each in world.listed():
            world.iam.delete_access_key(UserName=world.user, AccessKeyId=each["AccessKeyId"])
        key = world.iam.create_access_key(UserName=world.user)["AccessKey"]
        world.leaks = world.leaks._replace(aws_id=key["AccessKeyId"], aws=key["SecretAccessKey"])
        killed: list[int] = []

        def again(run: int, event: int = event, killed: list[int] = killed) -> int:
            killed.append(run)
            return 0 if run else event

        rotate_through(world, target, again)
        assert_rotated(world, target)
        if len(killed) == 1:
            break
    assert event > 20

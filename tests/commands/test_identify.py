from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.http.server import Server
from tests.program import run_keyguard
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.openai import FakeOpenAI
from tests.secrets import made_up

RULE = "openai-project-key"
VALUE = made_up("openai", RULE).secrets[0].decode()
ADMIN = Ring([]).admin


def identify(folder: Path, server: Server, *words: str, credential: str = "", **variables: str) -> tuple[int, str, str]:
    text = f'[endpoints]\n"api.openai.com" = "{server.address}"\n[network]\ntries = 1\n'
    text += f'[credentials]\nopenai = "{credential}"\n' if credential else ""
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    more = ["identify", "--stdin", "--rule", RULE, "--config", "settings.toml", *words]
    done = run_keyguard(*more, cwd=folder, stdin=VALUE.encode(), **variables)
    assert VALUE not in done.stdout.decode() + done.stderr.decode()
    assert ADMIN not in done.stdout.decode() + done.stderr.decode()
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_shows_both_where_two_look_alike(tmp_path: Path) -> None:
    keys = [Key(VALUE, "key_1", "ci"), Key(VALUE[:50] + "z" + VALUE[51:], "key_2", "laptop")]
    with Server(FakeOpenAI(Ring(keys))) as server:
        code, told, _ = identify(tmp_path, server, "--credential", "env:ADMIN", ADMIN=ADMIN)
    assert code == 3
    assert "2 keys look like it, none is chosen" in told
    assert told.count("candidate") == 2
    assert "title: laptop" in told


@pytest.mark.parametrize(
    ("credential", "said"),
    [
        ("", "identifying needs an organization admin key"),
        ("env:NOT_SET", "the environment variable NOT_SET is not set"),
        ("file:open.txt", "others may read this credential"),
        ("cmd:false", "false: failed with 1"),
        ("sk-written-out", "a credential is not named by a reference"),
        ("env:WRONG", "is not accepted or lacks the scope"),
    ],
)
def test_says_what_is_wrong_with_the_credential(tmp_path: Path, credential: str, said: str) -> None:
    (tmp_path / "open.txt").write_text("x", encoding="utf-8")
    (tmp_path / "open.txt").chmod(0o644)
    with Server(FakeOpenAI(Ring([Key(VALUE)]))) as server:
        code, told, _ = identify(tmp_path, server, credential=credential, WRONG="wrong-value-of-it")
    assert (code, said in told) == (3, True)
    assert "wrong-value-of-it" not in told
    assert "sk-written-out" not in told


def test_offline_asks_nobody(tmp_path: Path) -> None:
    with Server(FakeOpenAI(Ring([Key(VALUE)]))) as server:
        code, told, _ = identify(tmp_path, server, "--offline", credential="env:ADMIN", ADMIN=ADMIN)
    assert (code, "stay offline" in told, server.asked) == (3, True, [])


def test_tells_the_record(tmp_path: Path) -> None:
    (tmp_path / "admin").write_text(ADMIN + "\n", encoding="utf-8")
    (tmp_path / "admin").chmod(0o600)
    with Server(FakeOpenAI(Ring([Key(VALUE, "key_9", "ci")]))) as server:
        code, told, notes = identify(tmp_path, server, "-f", "json", credential="file:admin")
    record = json.loads(told)[0]["record"]
    assert code == 0
    assert (record["id"], record["over"], record["owner"]) == ("key_9", "proj_one", "ada@example.com")
    assert "asking api.openai.com" in notes

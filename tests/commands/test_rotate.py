"""`keyguard rotate` and `keyguard keys`, as a person runs them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from keyguard.commands.rotate_sinks import settle
from keyguard.errors import ConfigError
from tests.http.server import Server
from tests.program import run_keyguard
from tests.respond.fakes.makers import ADMIN, Kept, Maker, openrouter
from tests.secrets import made_up

OLD, NEW = (made_up("openrouter", seed=seed).secrets[0].decode() for seed in (1, 2))


@contextmanager
def account(tmp_path: Path) -> Iterator[Maker]:
    """An account at a fake OpenRouter with one key, and the settings that lead to it."""
    maker = Maker([NEW], [Kept("old_1", OLD)])
    with Server(lambda asked: openrouter(maker, asked)) as server:
        lines = ["[credentials]", 'openrouter = "env:ADMIN"', "[network]", "per-second = 1000", "[endpoints]"]
        text = "\n".join([*lines, f'"openrouter.ai" = "{server.address}"'])
        (tmp_path / "keys.toml").write_text(text, encoding="utf-8")
        yield maker


def run(tmp_path: Path, *words: str, **variables: str) -> tuple[int, str, str]:
    given: dict[str, Any] = {"ADMIN": ADMIN, "KEYGUARD_STATE": str(tmp_path / "state")}
    given |= {"KEYGUARD_CONFIG": "keys.toml", **variables}
    done = run_keyguard(*words, cwd=tmp_path, **given)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rotate",), "expected PROVIDER"),
        (("rotate", "nobody", "--key", "x", "--to", "env:.env"), "there is no provider"),
        (("rotate", "anthropic", "--key", "x", "--to", "env:.env"), "makes none"),
        (("rotate", "gitlab", "--key", "x", "--to", "env:.env"), "expected one of project, group, personal"),
        (("rotate", "aws", "--key", "x", "--to", "env:.env"), "rotating needs an IAM identity"),
        (("rotate", "openrouter", "--key", "x", "--to", ".env"), "expected a place to write to"),
        (("rotate", "openrouter", "--key", "x", "--to", "vault:a/b"), "VAULT_ADDR"),
        (("rotate", "openrouter", "--key", "x", "--to", "env:.env", "--grace", "soon"), "as 24h"),
        (("rotate", "openrouter", "--key", "x", "--to", "env:.env", "--part", "a=b"), "--part a"),
        (("rotate", "openrouter", "--key", "x", "--to", "env:.env", "--as", "id=b"), "--as: id"),
        (("rotate", "--resume", "abc"), "no rotation"),
    ],
)
def test_refuses_what_it_cannot_do(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[credentials]\nopenrouter = "env:ADMIN"\ngitlab = "env:ADMIN"\n', "utf-8")
    code, _, told = run(tmp_path, *words)
    assert (code, said in told) == (2, True), told


def test_a_place_is_meant_from_any_folder() -> None:
    assert settle("env:.env") == f"env:{os.path.abspath('.env')}"
    with pytest.raises(ConfigError, match="expected a place"):
        settle("ftp:x")


def test_makes_nothing_unless_told(tmp_path: Path) -> None:
    with account(tmp_path) as maker:
        code, _, told = run(tmp_path, "rotate", "openrouter", "--key", "old_1", "--to", "env:.env")
        assert (code, len(maker.keys), (tmp_path / ".env").exists()) == (0, 1, False)
        assert "nothing was done" in told
        code, _, told = run(tmp_path, "rotate", "openrouter", "--key", "none", "--to", "env:.env", "--yes")
        assert (code, "there is no key none" in told, len(maker.keys)) == (2, True, 1)


def test_rotates_waits_and_goes_on(tmp_path: Path) -> None:
    with account(tmp_path) as maker:
        words = ("rotate", "openrouter", "--key", "old_1", "--to", "env:.env", "--as", "secret=ROUTER")
        code, _, told = run(tmp_path, *words, "--grace", "1s", "--yes")
        assert (code, maker.keys[0].state) == (0, "live"), told
        assert "works until" in told
        assert (tmp_path / ".env").read_text(encoding="utf-8") == f"ROUTER={NEW}\n"
        code, _, again = run(tmp_path, *words, "--yes")
        assert (code, "under way" in again) == (3, True)
        code, listed, _ = run(tmp_path, "rotate", "--list")
        assert "openrouter old_1" in listed
        while maker.keys[0].state == "live":
            code, _, told = run(tmp_path, "rotate", "--resume")
            assert code == 0, told
        assert (maker.keys[0].state, run(tmp_path, "rotate", "--list")[1]) == ("off", "")
        assert OLD not in told
        assert NEW not in told


def test_gives_up_what_was_not_written(tmp_path: Path) -> None:
    with account(tmp_path) as maker:
        words = ("rotate", "openrouter", "--key", "old_1", "--to", "cmd:false", "--yes")
        assert run(tmp_path, *words)[0] == 2
        code, listed, _ = run(tmp_path, "rotate", "--list")
        identity = listed.split()[0]
        code, _, told = run(tmp_path, "rotate", identity, "--abandon")
        assert (code, "may be in use" in told) == (2, True)
        assert maker.keys[0].state == "live"


def test_keys_tell_what_breaks_the_policy(tmp_path: Path) -> None:
    with account(tmp_path) as maker:
        maker.keys.append(Kept("off_1", NEW, "retired", "off"))
        code, told, _ = run(tmp_path, "keys")
        assert (code, told.count("\n")) == (0, 2)
        code, told, _ = run(tmp_path, "keys", "--unused", "14d", "-f", "json")
        rows = {row["id"]: row["breaks"] for row in json.loads(told)}
        assert (code, rows) == (1, {"old_1": ["last use not told"], "off_1": []})
        code, told, said = run(tmp_path, "keys", "openrouter", ADMIN="wrong")
        assert (code, told, "not accepted" in said) == (3, "", True)
        code, _, said = run(tmp_path, "keys", KEYGUARD_CONFIG="")
        assert (code, "no account is configured" in said) == (2, True)

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.http.server import Asked, Reply, Server
from tests.program import run_keyguard
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.stops import StoppingAnthropic, StoppingGitHub, StoppingOpenAI
from tests.secrets import made_up

RULE = "openai-project-key"
VALUE = made_up("openai", RULE).secrets[0].decode()
TOKEN = made_up("github", "github-personal-token").secrets[0].decode()
ADMIN = Ring([]).admin


def revoke(
    folder: Path, server: Server | None, *words: str, value: str = VALUE, rule: str = RULE, host: str = "api.openai.com"
) -> tuple[int, str, str]:
    address = server.address if server else "http://127.0.0.1:1"
    text = f'[endpoints]\n"{host}" = "{address}"\n[network]\ntries = 1\n'
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    named = [] if words and not words[0].startswith("-") else ["--stdin", "--rule", rule]
    done = run_keyguard(
        *("revoke", *words, *named, "--config", "settings.toml"),
        cwd=folder,
        stdin=value.encode(),
        ADMIN=ADMIN,
        WRONG="wrong-value-of-it",
        KEYGUARD_STATE=str(folder / "state.sqlite3"),
    )
    told, notes = done.stdout.decode(), done.stderr.decode()
    for secret in (VALUE, TOKEN, ADMIN, "wrong-value-of-it"):
        assert secret not in told + notes
    return done.returncode, told, notes


def events(folder: Path) -> list[str]:
    if not (folder / "state.sqlite3").exists():
        return []
    connection = sqlite3.connect(folder / "state.sqlite3")
    try:
        return [row[0] for row in connection.execute("SELECT event FROM revocation_entry ORDER BY id")]
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--yes"], "stopping it needs an organization admin key"),
        (["--yes", "--credential", "env:WRONG"], "is not accepted or lacks the scope"),
        (["--yes", "--credential", "env:ADMIN", "--offline"], "stay offline"),
        (["--in", "proj_one"], "--in needs --key"),
    ],
)
def test_says_what_is_wrong_and_changes_nothing(tmp_path: Path, words: list[str], said: str) -> None:
    ring = Ring([Key(VALUE)])
    with Server(StoppingOpenAI(ring)) as server:
        code, told, notes = revoke(tmp_path, server, *words)
        assert all(asked.method == "GET" for asked in server.asked)
    assert (code, told, ring.keys[0].state) == (2, "", "live")
    assert said in notes
    assert "accepted" not in events(tmp_path)


def test_two_that_look_alike_are_both_shown(tmp_path: Path) -> None:
    ring = Ring([Key(VALUE, "key_1", "ci"), Key(VALUE[:50] + "z" + VALUE[51:], "key_2", "laptop")])
    with Server(StoppingOpenAI(ring)) as server:
        code, _, notes = revoke(tmp_path, server, "--yes", "--credential", "env:ADMIN")
        assert (code, events(tmp_path)) == (2, [])
        assert "none is chosen" in notes
        assert "key_1 in proj_one (ci" in notes
        assert "key_2 in proj_one (laptop" in notes
        options = ("--yes", "--credential", "env:ADMIN", "--key", "key_1", "--in", "proj_one")
        code, told, _ = revoke(tmp_path, server, *options)
    assert (code, [key.state for key in ring.keys]) == (0, ["dead", "live"])
    assert "it is dead" in told


def test_a_network_that_breaks_leaves_a_record(tmp_path: Path) -> None:
    options = ("--yes", "--credential", "env:ADMIN", "--key", "key_1", "--in", "proj_one")
    code, _, notes = revoke(tmp_path, None, *options)
    assert (code, events(tmp_path)) == (2, ["started", "unclear"])
    assert "whether the request was carried out is not known" in notes
    assert "the attempt is recorded" in notes


def test_a_dry_run_shows_all_and_sends_nothing(tmp_path: Path) -> None:
    with Server(StoppingOpenAI(Ring([Key(VALUE)]))) as server:
        code, told, _ = revoke(tmp_path, server)
        assert server.asked == []
    assert (code, events(tmp_path)) == (0, [])
    for line in (
        "way: delete: Delete the key",
        "needs: an organization admin key",
        "stops: every program that uses this key",
        "undo: not possible",
        "DELETE https://api.openai.com/v1/organization/projects/<record.over>/api_keys/<record.id>",
        "Authorization: Bearer <credential>",
        "nothing was sent; --yes does it",
    ):
        assert line in told


def test_a_dry_run_masks_the_secret_in_the_request(tmp_path: Path) -> None:
    code, told, _ = revoke(tmp_path, None, value=TOKEN, rule="github-personal-token", host="api.github.com")
    assert code == 0
    assert "needs: no credential: the leaked secret itself" in told
    assert '{"credentials": ["<secret ghp_' in told


def test_a_dry_run_for_programs(tmp_path: Path) -> None:
    code, told, _ = revoke(tmp_path, None, "-f", "json")
    tree = json.loads(told)
    assert (code, tree["sent"], tree["reversible"], tree["way"]) == (0, False, False, "delete")


def test_stops_the_key_and_records_it(tmp_path: Path) -> None:
    ring = Ring([Key(VALUE, "key_9")])
    with Server(StoppingOpenAI(ring)) as server:
        code, told, notes = revoke(tmp_path, server, "--yes", "--credential", "env:ADMIN")
        assert (code, ring.keys[0].state) == (0, "dead")
        assert "asking api.openai.com" in notes
        assert "key: key_9 (proj_one, ci, ada@example.com)" in told
        again = revoke(tmp_path, server, "--yes", "--credential", "env:ADMIN", "--key", "key_9", "--in", "proj_one")
    assert again[0] == 0
    assert "it was dead before" in again[1]
    assert events(tmp_path) == ["started", "accepted", "dead", "skipped"]
    assert VALUE.encode() not in (tmp_path / "state.sqlite3").read_bytes()


def test_takes_back_what_it_did(tmp_path: Path) -> None:
    value = made_up("anthropic", "anthropic-api-key").secrets[0].decode()
    ring = Ring([Key(value)])
    given = {"value": value, "rule": "anthropic-api-key", "host": "api.anthropic.com"}
    with Server(StoppingAnthropic(ring)) as server:
        options = ("--yes", "--credential", "env:ADMIN")
        assert revoke(tmp_path, server, *options, **given)[0] == 0
        assert ring.keys[0].state == "dead"
        code, told, _ = revoke(tmp_path, server, "--undo", *options, **given)
    assert (code, ring.keys[0].state) == (0, "live")
    assert "inactivate undone: it works again" in told


def test_exit_code_3_where_it_is_not_seen_dead(tmp_path: Path) -> None:
    fake: Callable[[Asked], Reply] = StoppingGitHub(Ring([Key(TOKEN)]))

    def handle(asked: Asked) -> Reply:
        return Reply(202, {}) if asked.method == "POST" else fake(asked)

    given = {"value": TOKEN, "rule": "github-personal-token", "host": "api.github.com"}
    with Server(handle) as server:
        code, told, _ = revoke(tmp_path, server, "--yes", "--wait", "0", **given)
    assert code == 3
    assert "the provider still accepts it" in told
    assert events(tmp_path) == ["started", "accepted", "live"]


def test_a_finding_of_a_report(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={VALUE}\nGITHUB_TOKEN={TOKEN}\n", encoding="utf-8")
    run_keyguard("scan", ".env", "-f", "json", "-o", "findings.json", cwd=tmp_path)
    report = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    prints = {each["rule"]: each["fingerprint"] for each in report["findings"]}
    code, _, notes = revoke(tmp_path, None, "findings.json")
    assert (code, "2 secrets are named" in notes) == (2, True)
    assert all(each[:12] in notes for each in prints.values())
    given = {"host": "api.github.com"}
    token = prints["github-personal-token"][:10]
    with Server(StoppingGitHub(Ring([Key(TOKEN)]))) as server:
        code, told, _ = revoke(tmp_path, server, token, "--report", "findings.json", "--yes", **given)
    assert (code, "it is dead" in told) == (0, True)

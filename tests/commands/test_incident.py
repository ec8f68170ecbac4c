"""`keyguard incident`, as a person runs it; test_story.py runs it among the others."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.program import run_keyguard
from tests.repositories import Repo
from tests.secrets import made_up


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    """A repository whose first commit leaked a key."""
    repository = Repo(tmp_path / "repo")
    repository.commit({"mail.sh": made_up("sendgrid").text + b"\n"}, "Begin")
    run(repository.path, "scan", "-f", "json", "-o", "../findings.json")
    return repository.path


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    state = str(folder.parent / "state.sqlite3")
    done = run_keyguard(*words, cwd=folder, KEYGUARD_STATE=state, KEYGUARD_PERSON="ada", KEYGUARD_CONFIG="")
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_refuses_what_is_not_there(leak: Path) -> None:
    for words, said in (
        (("show",), "no incident is open"),
        (("show", "none"), "no incident none"),
        (("open", "../none.json"), "no such file"),
        (("open", "ffffffff", "--report", "../findings.json"), "no finding in it"),
        (("step", "a", "b", "c"), "expected one TEXT"),
    ):
        code, _, told = run(leak, "incident", *words)
        assert (code, said in told) == (2, True), told


def test_is_opened_worked_on_and_closed(leak: Path, tmp_path: Path) -> None:
    code, told, said = run(leak, "incident", "open", "../findings.json", "--offline", "--title", "mail key")
    assert code == 0, said
    incident = told.strip()
    _, report, _ = run(leak, "incident", "report", "-f", "json")
    key = json.loads(report)["keys"][0]
    assert key["exposed_since"].startswith("2026-01-01T01:00:00")
    assert run(leak, "incident", "close")[0] == 2
    assert run(leak, "incident", "step", incident, "told the team", "--who", "bob")[0] == 0
    assert run(leak, "incident", "accept", key["fingerprint"][:8], "--reason", "account is gone")[0] == 0
    code, _, said = run(leak, "incident", "close", "--reason", "done")
    assert code == 0, said
    _, shown, _ = run(leak, "incident", "show", incident)
    assert "bob: told the team" in shown
    assert "accepted (account is gone)" in shown
    assert run(leak, "incident", "list")[1] == ""
    assert run(leak, "incident", "list", "--all")[1].endswith("closed  mail key\n")
    value = made_up("sendgrid").secrets[0]
    assert value not in (tmp_path / "state.sqlite3").read_bytes()


def test_a_later_edit_is_told(leak: Path, tmp_path: Path) -> None:
    incident = run(leak, "incident", "open", "../findings.json", "--offline")[1].strip()
    code, told, _ = run(leak, "incident", "verify", incident)
    head = told.split()[-1]
    assert code == 0
    run(leak, "incident", "step", "later")
    assert run(leak, "incident", "verify", "--head", head)[0] == 0
    with sqlite3.connect(tmp_path / "state.sqlite3") as connection:
        connection.execute("UPDATE incident_entry SET who = 'eve' WHERE number = 1")
    connection.close()
    code, told, _ = run(leak, "incident", "verify", "--head", "f" * 64)
    assert (code, "entry 1 was changed" in told, "head that was named" in told) == (1, True, True)

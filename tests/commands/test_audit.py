"""`keyguard audit` and `keyguard state` as a person runs them, against fakes on loopback."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.audit.fakes import llm, services
from tests.audit.fakes.ledger import Ledger, ledger
from tests.http.server import Server
from tests.program import loaded_modules, run_keyguard

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def book() -> Ledger:
    return ledger(hours=30, until=int(time.time()))


@pytest.fixture
def settings(tmp_path: Path, book: Ledger) -> Iterator[Path]:
    with Server(llm.openai(book)) as openai, Server(services.deepseek({"USD": "5.00"})) as deepseek:
        path = tmp_path / "settings.toml"
        path.write_text(
            f"""
            [endpoints]
            "api.openai.com" = "{openai.address}"
            "api.deepseek.com" = "{deepseek.address}"
            [network]
            per-second = 1000
            tries = 1
            [[audit.account]]
            provider = "openai"
            credential = "env:ADMIN"
            history = "3d"
            sources = ["costs", "completions"]
            [[audit.account]]
            provider = "deepseek"
            credential = "file:{(tmp_path / "key").as_posix()}"
            """,
            encoding="utf-8",
        )
        (tmp_path / "key").write_text("key\n", encoding="utf-8")
        (tmp_path / "key").chmod(0o600)
        yield path


@pytest.fixture
def run(tmp_path: Path, settings: Path) -> Run:
    def call(*words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        admin = variables.get("ADMIN", "admin")
        state = str(tmp_path / "state")
        return run_keyguard(*words, cwd=tmp_path, ADMIN=admin, KEYGUARD_CONFIG=str(settings), KEYGUARD_STATE=state)

    return call


def test_a_file_that_a_repository_brings_along_names_no_account(tmp_path: Path) -> None:
    text = '[[audit.account]]\nprovider = "deepseek"\ncredential = "cmd:touch stolen"\n'
    (tmp_path / ".keyguard.toml").write_text(text, encoding="utf-8")
    done = run_keyguard("audit", "read", cwd=tmp_path)
    assert done.returncode == 2
    assert b"counts only in a file that you name" in done.stderr
    assert not (tmp_path / "stolen").exists()


def test_nothing_to_audit_is_an_error(tmp_path: Path) -> None:
    done = run_keyguard("audit", "read", cwd=tmp_path)
    assert (done.returncode, b"no account to audit" in done.stderr) == (2, True)


def test_the_others_are_read_where_one_fails(run: Run) -> None:
    done = run("audit", "read", ADMIN="wrong")
    assert done.returncode == 3
    assert b"openai/main  not read: costs: the credential is refused (401)" in done.stderr
    assert b"deepseek/main  balance: 0 points" in done.stdout
    assert b"wrong" not in done.stdout + done.stderr


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX thing")
def test_a_credential_that_others_can_read_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "key").chmod(0o644)
    done = run("audit", "check", "deepseek")
    assert done.returncode == 3
    assert b"others may read this credential" in done.stdout


def test_check_proves_each_source(run: Run) -> None:
    done = run("audit", "check")
    assert done.returncode == 0
    lines = done.stdout.decode().splitlines()
    assert [line.split("  ")[:3] for line in lines] == [
        ["ok", "openai/main", "costs"],
        ["ok", "openai/main", "completions"],
        ["ok", "deepseek/main", "balance"],
    ]


def test_what_was_read_is_shown(run: Run, book: Ledger) -> None:
    assert run("audit", "read", "openai").returncode == 0
    shown = run("audit", "history", "--account", "openai", "--source", "completions", "--format", "csv")
    rows = list(csv.DictReader(StringIO(shown.stdout.decode())))
    assert sum(int(row["requests"]) for row in rows) == book.requests
    one = json.loads(run("audit", "history", "--key", "key_1", "--by", "all", "--format", "json").stdout)
    assert {(row["key"], row["source"]) for row in one} == {("key_1", "costs"), ("key_1", "completions")}
    table = run("audit", "history", "--since", "7d", "--by", "month").stdout.decode()
    assert table.splitlines()[0].split() == [
        "start",
        "account",
        "key",
        "model",
        "source",
        "requests",
        "tokens",
        "money",
    ]
    assert run("audit", "history", "--until", "2020-01-01", "--format", "csv").stdout.count(b"\n") == 1
    assert run("audit", "history", "--since", "yesterday").returncode == 2


def test_two_runs_at_once_take_turns(run: Run, book: Ledger) -> None:
    codes: list[int] = []
    runs = [threading.Thread(target=lambda: codes.append(run("audit", "read", "openai").returncode)) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert codes == [0, 0]
    shown = run("audit", "history", "--source", "completions", "--format", "csv")
    rows = list(csv.DictReader(StringIO(shown.stdout.decode())))
    assert sum(int(row["requests"]) for row in rows) == book.requests


def test_what_is_imported_twice_counts_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("start,key,money\n2026-11-20,=k,1.25\n", encoding="utf-8")
    assert run("audit", "import", "x.csv", "--provider", "acme").stdout == b"acme/main  1 point taken\n"
    again = run("audit", "import", "x.csv", "--provider", "acme")
    assert again.stdout == b"acme/main  1 point taken, 1 replaced\n"
    (row,) = csv.DictReader(StringIO(run("audit", "history", "--format", "csv").stdout.decode()))
    assert (row["key"], row["money"], row["complete"]) == ("'=k", "1.25", "yes")


def test_a_state_file_of_a_newer_keyguard_is_refused(run: Run, tmp_path: Path) -> None:
    from keyguard.state.database import Area, open_state
    from keyguard.state.usage import AREA

    newer = Area("usage", (*AREA.scripts, "CREATE TABLE usage_more (name)"))
    open_state(tmp_path / "state", [newer]).close()
    done = run("audit", "read")
    assert done.returncode == 3
    assert b"written by a newer keyguard" in done.stderr


def test_the_state_is_exported_and_purged(run: Run, tmp_path: Path) -> None:
    assert run("state", "path").stdout.decode().strip() == str(tmp_path / "state")
    assert run("state", "export").stdout == b"{}\n"
    run("audit", "read")
    tables = json.loads(run("state", "export").stdout)
    assert tables["area"] == [{"name": "usage", "version": 1}]
    assert tables["usage_readings"][0]["provider"] == "deepseek"
    assert b"admin" not in (tmp_path / "state").read_bytes()
    assert run("state", "purge").returncode != 0  # nobody is there to say yes
    assert (tmp_path / "state").exists()
    assert run("state", "purge", "--yes").returncode == 0
    assert not (tmp_path / "state").exists()


def test_subcommands_load_no_more_than_they_need(tmp_path: Path) -> None:
    modules = loaded_modules("audit", "--help", cwd=tmp_path)
    assert not {"requests", "rich", "git", "numpy", "sqlite3", "keyguard.audit.reading"} & modules

from __future__ import annotations

import json
import os
import select
import sys
import time
from typing import Any

import pytest

from tests.program import environment, run_keyguard
from tests.repositories import Repo
from tests.secrets import made_up

ONE = made_up("github", "github-fine-grained-token", 1)
MAIL = made_up("sendgrid")
PROMPT = b"[q]uit"


@pytest.fixture
def repo(git_repo: Repo) -> Repo:
    """A repository whose baseline knows one secret of the past, and one that is there."""
    git_repo.commit({"a.py": ONE.text + b"\n"})
    git_repo.commit({"a.py": None, "b.env": b"first\n" + MAIL.text + b"\nlast\n"})
    done = run_keyguard("scan", "--history", "--write-baseline", "b.json", cwd=git_repo.path)
    assert done.returncode == 0, done.stderr.decode()
    return git_repo


def entries(repo: Repo) -> list[Any]:
    rows: list[Any] = json.loads((repo.path / "b.json").read_text())["entries"]
    return rows


def in_terminal(repo: Repo, keys: bytes) -> bytes:
    """What an audit shows to a person who presses these keys, one at each question."""
    pty = pytest.importorskip("pty", reason="a terminal to test with takes POSIX")
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(repo.path)
        words = [sys.executable, "-m", "keyguard", "baseline", "audit", "b.json"]
        os.execve(sys.executable, words, environment())  # noqa: S606 - a terminal of its own takes a fork
    shown, asked, end = b"", 0, time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        shown += part
        if not part:
            break
        if shown.count(PROMPT) > asked and shown.rstrip().endswith(PROMPT):
            time.sleep(0.1)  # the program throws away what was typed before it asks
            os.write(terminal, keys[asked : asked + 1])
            asked += 1
    os.close(terminal)
    os.waitpid(pid, 0)
    return shown


def test_an_audit_without_a_terminal_is_refused(repo: Repo) -> None:
    done = run_keyguard("baseline", "audit", "b.json", cwd=repo.path)
    assert done.returncode == 2
    assert b"needs a terminal" in done.stderr


@pytest.mark.parametrize("words", [("audit", "none.json"), ("show", "none.json")])
def test_a_missing_file(repo: Repo, words: tuple[str, ...]) -> None:
    done = run_keyguard("baseline", *words, cwd=repo.path)
    assert done.returncode == 2
    assert b"cannot read none.json" in done.stderr


def test_show(repo: Repo) -> None:
    done = run_keyguard("baseline", "show", "b.json", cwd=repo.path)
    assert done.returncode == 0
    assert b"open   " in done.stdout
    assert b"0 real, 0 false, 2 open" in done.stdout
    assert not any(secret in done.stdout for secret in (*ONE.secrets, *MAIL.secrets))


def test_an_audit_shows_masked_lines_and_goes_on_later(repo: Repo) -> None:
    shown = in_terminal(repo, b"rq")
    assert b"1 of 2: github-fine-grained-token" in shown
    assert b"first" in shown
    assert not any(secret in shown for secret in (*ONE.secrets, *MAIL.secrets))
    assert [each.get("audit", "") for each in entries(repo)] == ["real", ""]
    shown = in_terminal(repo, b"f")
    assert b"1 of 1: sendgrid-api-key" in shown
    assert b"1 real, 1 false, 0 open" in shown
    assert [each.get("audit", "") for each in entries(repo)] == ["real", "false"]

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
import pytest

from keyguard.commands.changes import ChangeScan, choose_change, overridable
from tests.program import loaded_modules, run_keyguard
from tests.scan.planting import text, token
from tests.scan.situations import LONG, secret_line, stage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def chosen(*words: str, **given: Any) -> ChangeScan | None:
    flags = {"staged": False, "pre-push": False, "pre-receive": False, **given.get("flags", {})}
    return choose_change(words, given.get("ranges", ()), given.get("since_ref", ""), flags, given.get("message", ""))


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        ((), {"flags": {"staged": True, "pre-push": True}}, "--staged and --pre-push are two scans"),
        ((), {"flags": {"staged": True}, "ranges": ("a..b",)}, "--staged and a range of commits are two scans"),
        ((), {"message": "FILE", "since_ref": "x"}, "--commit-msg and a range of commits are two scans"),
        ((".", ".."), {"flags": {"staged": True}}, "--staged takes one repository"),
        (("nowhere",), {"flags": {"staged": True}}, "nowhere: no such folder"),
        ((".",), {"flags": {"pre-receive": True}}, "--pre-receive takes no path"),
        ((".",), {"message": "FILE"}, "--commit-msg takes no path"),
    ],
)
def test_refuses(words: tuple[str, ...], given: dict[str, Any], said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        chosen(*words, **given)


def test_chooses() -> None:
    assert chosen() is None
    assert chosen("a", "b") is None
    assert chosen(".", flags={"staged": True}) == ChangeScan("staged", ".")
    assert chosen(ranges=("a..b",), since_ref="x") == ChangeScan("range", revs=("a..b", "x..HEAD"))
    assert chosen("origin", "url", flags={"pre-push": True}) == ChangeScan("pre-push", remote="origin")
    assert chosen(message="FILE") == ChangeScan("commit-msg", file="FILE")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--staged"], "not a git repository"),
        (["a..b"], "not a git repository"),
        (["--since-ref", "x"], "not a git repository"),
        (["--pre-push"], "not a git repository"),
        (["--pre-receive"], "not a git repository"),
        (["--commit-msg", "nowhere"], "nowhere: No such file or directory"),
        (["--staged", "--history"], "are for a whole history"),
    ],
)
def test_outside_of_a_repository(tmp_path: Path, words: list[str], said: str) -> None:
    line = f"x {'a' * 40} x {'0' * 40}\n" if "--pre-push" in words else f"{'0' * 40} {'a' * 40} x\n"
    done = run_keyguard("scan", *words, cwd=tmp_path, stdin=line.encode())
    assert done.returncode == 2
    assert said in done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "override"),
    [
        (["--staged"], "git commit --no-verify, or SKIP=keyguard git commit"),
        (["--commit-msg", "x"], "git commit --no-verify, or SKIP=keyguard-commit-msg git commit"),
        (["--pre-push"], "git push --no-verify, or SKIP=keyguard-pre-push git push"),
        (["--pre-receive"], "ask who runs this server"),
    ],
)
def test_a_hook_that_fails_says_how_to_go_on(git_repo: Repo, words: list[str], override: str) -> None:
    git_repo.write(".keyguard.toml", "nonsense = 1\n")
    done = run_keyguard("scan", *words, cwd=git_repo.path)
    assert done.returncode == 2
    assert "unknown key" in done.stderr.decode()
    assert f"it is stopped; to go on without the scan: {override}" in done.stderr.decode()


def test_a_fault_says_how_to_go_on_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), overridable(ChangeScan("staged")):
        raise ZeroDivisionError
    assert "to go on without the scan: git commit --no-verify" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError), overridable(ChangeScan("range")):
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), overridable(None):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [["--pre-push"], ["--pre-receive"]])
def test_lines_that_git_did_not_write(git_repo: Repo, words: list[str]) -> None:
    done = run_keyguard("scan", *words, cwd=git_repo.path, stdin=b"nonsense\n")
    assert done.returncode == 2
    assert b"standard input does not hold the lines that git gives this hook" in done.stderr


def test_formats_and_exit_codes(git_repo: Repo) -> None:
    git_repo.commit({"a.txt": LONG})
    stage(git_repo, {"a.txt": LONG + secret_line("new")})
    done = run_keyguard("scan", "--staged", "--format", "json", "--exit-code", "7", cwd=git_repo.path)
    (finding,) = json.loads(done.stdout)["findings"]
    assert done.returncode == 7
    assert finding["occurrences"][0]["path"] == "a.txt"
    assert token("new") not in done.stdout
    sarif = run_keyguard("scan", "--staged", "--format", "sarif", cwd=git_repo.path)
    assert json.loads(sarif.stdout)["runs"][0]["automationDetails"]["id"] == "keyguard/staged/"


@pytest.mark.parametrize("words", [["HEAD~1..HEAD"], ["--range", "HEAD~1..HEAD"], ["--since-ref", "HEAD~1"]])
def test_ranges(git_repo: Repo, words: list[str]) -> None:
    git_repo.commit({"old.txt": text("old")})
    git_repo.commit({"new.txt": text("new")})
    for folder, more in ((git_repo.path, []), (git_repo.path.parent, [str(git_repo.path)])):
        done = run_keyguard("scan", *words, *more, cwd=folder)
        assert done.returncode == 1, done.stderr
        assert b"new.txt:2:7" in done.stdout
        assert b"old.txt" not in done.stdout


def test_since_a_branch_that_was_not_there(git_repo: Repo) -> None:
    """CI services give zeros as what was there before the first push of a branch."""
    git_repo.commit({"a.txt": text("first")})
    done = run_keyguard("scan", "--since-ref", "0" * 40, cwd=git_repo.path)
    assert done.returncode == 1
    assert b"a.txt:2:7" in done.stdout


@pytest.mark.parametrize(("words", "silent"), [([], False), (["--quiet"], True)])
def test_a_clean_scan(git_repo: Repo, words: list[str], silent: bool) -> None:
    stage(git_repo, {"a.txt": LONG})
    done = run_keyguard("scan", "--staged", *words, cwd=git_repo.path)
    assert done.returncode == 0
    assert (done.stdout == b"") == silent
    assert done.stderr == b""


def test_a_clean_scan_loads_little(git_repo: Repo) -> None:
    git_repo.commit({"a.txt": LONG})
    stage(git_repo, {"a.txt": b"top\n" + LONG, "b.txt": LONG})
    assert run_keyguard("scan", "--staged", cwd=git_repo.path).returncode == 0
    loaded = loaded_modules("scan", "--staged", "--quiet", cwd=git_repo.path)
    heavy = {"rich", "requests", "git", "numpy", "regex", "asyncio", "socket", "tempfile", "multiprocessing"}
    assert not loaded & (heavy | {"click", "datetime", "json"})

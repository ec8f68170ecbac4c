from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.program import run_keyguard
from tests.repositories import Repo
from tests.secrets import made_up

ONE = made_up("github", "github-fine-grained-token", 1)
MAIL = made_up("sendgrid")


@pytest.fixture
def repo(git_repo: Repo) -> Repo:
    git_repo.commit({"src/a.py": ONE.text + b"\n", "b.env": MAIL.text + b"\n"})
    return git_repo


def scan(repo: Repo, *words: str, code: int) -> Any:
    done = run_keyguard("scan", "--format", "json", *words, cwd=repo.path)
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout) if done.stdout else done.stderr.decode()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            ".keyguardignore",
            "0123 0123\n0123456789abcdef0123456789abcdef until never\n",
            ".keyguardignore:2: 'never' is not a date",
        ),
        (".keyguard.toml", "[[allow]]\npath = ['x']\n", "[[allow]] 1: unknown key 'path'"),
        (".keyguard.toml", "[[allow]]\nreason = 'x'\n", "allows everything"),
        (".keyguard.toml", "[[allow]]\nvalues = ['(']\n", "not a regular expression"),
        (".keyguard.toml", "[[allow]]\npaths = 'x'\n", "expected a list of texts"),
        (".keyguard.toml", "[allow]\npaths = ['x']\n", "[[allow]]"),
        (".keyguard.toml", "[rule.github-oauth-token]\nseverity = 'huge'\n", "severity: expected one of low"),
        (".keyguard.toml", "[rule.github-oauth-token]\nlevel = 'low'\n", "unknown key 'level'"),
        (".keyguard.toml", "[rule.none-such]\nenabled = false\n", "no rule is called none-such"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(repo: Repo, name: str, text: str, said: str) -> None:
    repo.write(name, text)
    assert said in scan(repo, code=2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot read b.json: No such file"),
        (b"\xff", "b.json: not UTF-8"),
        (b"{}", "b.json: not a baseline of keyguard"),
        (b'{"keyguard_baseline": 9}', "schema 9"),
    ],
)
def test_a_baseline_that_cannot_be_used_stops_the_scan(repo: Repo, text: bytes | None, said: str) -> None:
    if text is not None:
        repo.write("b.json", text)
    assert said in scan(repo, "--baseline", "b.json", code=2)


def test_a_baseline_holds_when_lines_move(repo: Repo) -> None:
    done = run_keyguard("scan", "--write-baseline", "b.json", cwd=repo.path)
    assert done.returncode == 0
    assert b"2 secrets in b.json" in done.stderr
    text = (repo.path / "b.json").read_bytes()
    assert not any(secret in text for secret in (*ONE.secrets, *MAIL.secrets))
    repo.write("src/moved.py", b"\n\n\n    " + ONE.text + b"\n")
    (repo.path / "src" / "a.py").unlink()
    report = scan(repo, "--baseline", "b.json", code=0)
    assert report["notes"] == []
    assert {each["allowance"]["by"] for each in report["allowed"]} == {"baseline"}
    assert scan(repo, "--history", "--baseline", "b.json", code=0)["findings"] == []
    repo.write("c.py", made_up("github", "github-fine-grained-token", 9).text)
    assert len(scan(repo, "--baseline", "b.json", code=1)["findings"]) == 1


def test_writing_again_keeps_what_was_said_and_drops_what_is_gone(repo: Repo) -> None:
    run_keyguard("scan", "--write-baseline", "b.json", cwd=repo.path)
    path = repo.path / "b.json"
    data = json.loads(path.read_text())
    data["entries"][0] |= {"audit": "real", "note": "ask Ann"}
    path.write_text(json.dumps(data))
    repo.write("src/a.py", "nothing\n")
    assert run_keyguard("scan", "--write-baseline", "b.json", cwd=repo.path).returncode == 0
    (entry,) = json.loads(path.read_text())["entries"]
    assert entry == {**data["entries"][0]}


def test_a_folder_without_repository_has_a_salt_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(ONE.text)
    assert run_keyguard("scan", "--write-baseline", "b.json", cwd=tmp_path).returncode == 0
    done = run_keyguard("scan", "--baseline", "b.json", cwd=tmp_path, KEYGUARD_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 0
    assert b"1 secret allowed, and not counted" in done.stdout


def test_the_text_report_counts_and_lists(repo: Repo) -> None:
    repo.write(".keyguardignore", "src/ until 2000-01-01 # old\n*.env # made up\n")
    done = run_keyguard("scan", cwd=repo.path)
    assert done.returncode == 1
    assert b"1 secret allowed, and not counted (--show-allowed lists them)" in done.stdout
    assert b".keyguardignore:1: expired on 2000-01-01" in done.stdout
    listed = run_keyguard("scan", "--show-allowed", cwd=repo.path).stdout
    assert b"by the line .keyguardignore:2: made up" in listed
    assert not any(secret in listed for secret in MAIL.secrets)


def test_settings(repo: Repo) -> None:
    repo.write(
        ".keyguard.toml",
        "[[allow]]\nreason = 'made up'\npaths = ['*.env']\nrules = ['sendgrid']\n"
        "[rule.github-fine-grained-token]\nseverity = 'low'\n",
    )
    report = scan(repo, "src/..", code=1)
    assert [(each["rule"], each["severity"]) for each in report["findings"]] == [("github-fine-grained-token", "low")]
    assert report["allowed"][0]["allowance"]["by"] == "config"
    assert report["allowed"][0]["allowance"]["where"].endswith(".keyguard.toml: [[allow]] 1")


def test_keyguards_own_files_are_no_findings(repo: Repo) -> None:
    run_keyguard("scan", "--write-baseline", "b.json", cwd=repo.path)
    data = json.loads((repo.path / "b.json").read_text())
    lines = [f"salt {data['made_with']}", *(f"{each['fingerprint']} # password of a test" for each in data["entries"])]
    repo.write(".keyguardignore", "\n".join(lines))
    assert scan(repo, "--min-confidence", "low", code=0)["findings"] == []

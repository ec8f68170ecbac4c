from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.program import loaded_modules, run_keyguard
from tests.repositories import Repo
from tests.secrets import made_up

TOKEN = made_up("github", "github-fine-grained-token")
MAIL = made_up("sendgrid")
OWN_RULES = """
schema = 1
[provider]
id = "acme"
name = "Acme"
category = "saas"
hosts = []
console = ""
docs = ""
source = "made up"
verified = 2026-11-21
[[rule]]
id = "acme-key"
title = "Acme key"
severity = "high"
confidence = "high"
pattern = '''acme_[a-z]{12}'''
advice = "Revoke it."
examples = ["{secret:acme_[a-z]{12}}"]
rejects = ["acme_KEY"]
"""


def scan(cwd: Path, *words: str, stdin: bytes = b"", code: int | None = None, **variables: str) -> Any:
    """The JSON report of one scan."""
    done = run_keyguard("scan", "--format", "json", *words, cwd=cwd, stdin=stdin, **variables)
    assert code is None or done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout)


def rules_of(report: Any) -> list[str]:
    return sorted(finding["rule"] for finding in report["findings"])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder that is no repository, with one secret."""
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "clean.txt").write_bytes(b"nothing here\n")
    (folder / "leak.txt").write_bytes(TOKEN.text + b"\n")
    return folder


@pytest.fixture
def repo(git_repo: Repo) -> Repo:
    """A repository with one secret in HEAD and one in the past."""
    git_repo.commit({"mail.txt": MAIL.text + b"\n"}, "Begin")
    git_repo.commit({"mail.txt": None, "leak.txt": TOKEN.text + b"\n"}, "Go on")
    return git_repo


def test_clean_is_code_0(tree: Path) -> None:
    done = run_keyguard("scan", "clean.txt", cwd=tree)
    assert done.returncode == 0
    assert b"no secrets found" in done.stdout


def test_a_finding_is_code_1_and_masked(tree: Path) -> None:
    done = run_keyguard("scan", cwd=tree)
    assert done.returncode == 1
    assert b"leak.txt:1:" in done.stdout
    assert TOKEN.secrets[0] not in done.stdout + done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("form", ["text", "json", "jsonl"])
def test_whole_secrets_only_when_asked_for(tree: Path, form: str) -> None:
    plain = run_keyguard("scan", "--format", form, cwd=tree)
    shown = run_keyguard("scan", "--format", form, "--show-secrets", cwd=tree)
    assert TOKEN.secrets[0] not in plain.stdout
    assert TOKEN.secrets[0] in shown.stdout


def test_the_code_of_findings_can_be_chosen(tree: Path) -> None:
    assert run_keyguard("scan", "--exit-code", "0", cwd=tree).returncode == 0
    assert run_keyguard("scan", "--exit-code", "9", "clean.txt", cwd=tree).returncode == 0
    assert run_keyguard("scan", "--exit-code", "9", cwd=tree).returncode == 9


def test_what_cannot_be_read_is_code_3_and_said(repo: Repo) -> None:
    name = repo.head("HEAD~1:mail.txt")
    damaged = repo.git_dir / "objects" / name[:2] / name[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"no zlib stream")
    done = run_keyguard("scan", "--history", "--format", "json", cwd=repo.path)
    assert done.returncode == 3
    assert b"keyguard: incomplete, " in done.stderr
    report = json.loads(done.stdout)
    assert not report["complete"]
    assert rules_of(report) == ["github-fine-grained-token"]


def test_standard_input(tree: Path) -> None:
    report = scan(tree, "-", stdin=TOKEN.text, code=1)
    assert rules_of(report) == ["github-fine-grained-token"]


def test_several_reports_of_one_scan(tree: Path) -> None:
    done = run_keyguard("scan", "-o", "r.json", "-o", "r.sarif", "--format", "text", cwd=tree)
    assert done.returncode == 1
    assert b"leak.txt:1:" in done.stdout
    assert json.loads((tree / "r.json").read_bytes())["findings"]
    assert json.loads((tree / "r.sarif").read_bytes())["version"] == "2.1.0"
    assert sorted(path.name for path in tree.iterdir()) == ["clean.txt", "leak.txt", "r.json", "r.sarif"]


def test_files_only_leave_standard_output_empty(tree: Path) -> None:
    done = run_keyguard("scan", "-o", "r.json", cwd=tree)
    assert done.stdout == b""
    assert done.stderr.decode() == "keyguard: 1 secret found, report in r.json\n"
    assert run_keyguard("scan", "-q", "-o", "r.json", cwd=tree).stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(tree: Path) -> None:
    done = run_keyguard("scan", "-f", "json", "-o", "/dev/full", cwd=tree)
    assert done.returncode == 2
    assert done.stderr == b"keyguard: error: cannot write /dev/full: No space left on device\n"


def test_a_missing_folder_is_told_before_the_scan(tree: Path) -> None:
    done = run_keyguard("scan", "-o", "none/r.json", cwd=tree)
    assert done.returncode == 2
    assert b"cannot write none/r.json" in done.stderr


def test_rules_and_paths_can_be_left_out(tree: Path) -> None:
    scan(tree, "--disable", "github-fine-grained-token", code=0)
    scan(tree, "--exclude", "leak.*", code=0)


def test_rules_of_your_own(tree: Path) -> None:
    (tree / "acme.toml").write_text(OWN_RULES, encoding="utf-8")
    (tree / "own.txt").write_text("acme_qwhzkvbnmtrw\n", encoding="utf-8")
    assert rules_of(scan(tree, "own.txt", code=0)) == []
    assert rules_of(scan(tree, "--rules", "acme.toml", "own.txt", code=1)) == ["acme-key"]


def test_settings_are_read_and_said(tree: Path) -> None:
    (tree / ".keyguard.toml").write_text('exclude = ["leak.txt"]\n', encoding="utf-8")
    done = run_keyguard("scan", cwd=tree)
    assert done.returncode == 0
    assert done.stderr.decode() == "keyguard: settings from .keyguard.toml\n"
    assert run_keyguard("scan", "--config", "", cwd=tree).returncode == 1


def test_the_command_line_wins_over_the_file(tree: Path) -> None:
    (tree / ".keyguard.toml").write_text('engine = "portable"\nmin-confidence = "low"\njobs = 1\n', encoding="utf-8")
    scan(tree, "--engine", "auto", "--min-confidence", "high", "--jobs", "0", code=1)


def test_a_wrong_setting_is_code_2(tree: Path) -> None:
    (tree / ".keyguard.toml").write_text("exclud = []\n", encoding="utf-8")
    done = run_keyguard("scan", cwd=tree)
    assert done.returncode == 2
    assert "did you mean 'exclude'?" in done.stderr.decode()


def test_the_tree_is_not_the_past(repo: Repo) -> None:
    assert rules_of(scan(repo.path, code=1)) == ["github-fine-grained-token"]


def test_history(repo: Repo) -> None:
    report = scan(repo.path, "--history", code=1)
    assert len(report["findings"]) == 2
    states = {place["state"] for finding in report["findings"] for place in finding["occurrences"]}
    assert states == {"head", "history"}


def test_a_range_of_history(repo: Repo) -> None:
    assert rules_of(scan(repo.path, "--history", "HEAD~1..HEAD", code=1)) == ["github-fine-grained-token"]
    assert rules_of(scan(repo.path, "--history", "--range", "HEAD~1..HEAD", code=1)) == ["github-fine-grained-token"]


def test_a_history_from_elsewhere(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    report = scan(tmp_path, repo.path.as_uri(), code=1, TMPDIR=str(tmp_path / "temporary"))
    assert len(report["findings"]) == 2
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_folder_without_history(tree: Path) -> None:
    done = run_keyguard("scan", "--history", cwd=tree)
    assert done.returncode == 2
    assert done.stderr.startswith(b"keyguard: error: ")


def test_a_small_clean_file_loads_nothing_heavy(tree: Path) -> None:
    loaded_modules("scan", "clean.txt", cwd=tree)
    heavy = {"rich", "requests", "git", "numpy", "regex", "dataclasses", "click"}
    assert heavy & loaded_modules("scan", "clean.txt", cwd=tree) == set()

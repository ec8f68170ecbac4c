from __future__ import annotations

import json
from pathlib import Path

from tests.program import loaded_modules, run_keyguard
from tests.repositories import Repo
from tests.secrets import made_up

VALUE = made_up("openai", "openai-project-key").secrets[0]


def playbook(folder: Path, *words: str) -> tuple[int, str, str]:
    done = run_keyguard("playbook", *words, cwd=folder)
    told, notes = done.stdout.decode(), done.stderr.decode()
    assert VALUE.decode() not in told + notes
    return done.returncode, told, notes


def leaked(folder: Path) -> str:
    """A repository with the key in its first commit, taken out in the second; the key's fingerprint."""
    repo = Repo(folder)
    repo.commit({"app.py": b"KEY = '" + VALUE + b"'\n"})
    repo.commit({"app.py": b"KEY = ''\n"})
    done = run_keyguard("scan", "--history", "-f", "json", "-o", "../findings.json", cwd=folder)
    assert done.returncode == 1, done.stderr
    (found,) = json.loads((folder.parent / "findings.json").read_text(encoding="utf-8"))["findings"]
    return str(found["fingerprint"])


def test_says_what_may_be_named(tmp_path: Path) -> None:
    code, told, notes = playbook(tmp_path, "no-such-provider")
    assert (code, told) == (2, "")
    assert "no-such-provider: no provider, rule, report or fingerprint" in notes
    assert "keyguard rules list" in notes
    assert playbook(tmp_path)[0] == 2
    assert "no finding" in playbook(tmp_path, "0123456789")[2]


def test_for_a_provider_and_for_a_rule(tmp_path: Path) -> None:
    code, told, _ = playbook(tmp_path, "openai")
    assert code == 0
    assert told.startswith("A SECRET OF OPENAI LEAKED\n")
    for word in ("CONTAIN: within 5 minutes", "ROTATE", "INVESTIGATE: within 24 hours", "CLEAN", "PREVENT"):
        assert word in told
    code, told, _ = playbook(tmp_path, "openai-admin-key")
    assert (code, told.splitlines()[0]) == (0, "OPENAI ORGANIZATION ADMIN KEY LEAKED (OPENAI)")


def test_asks_nobody(tmp_path: Path) -> None:
    loaded = loaded_modules("playbook", "openai", cwd=tmp_path)
    assert "requests.sessions" not in loaded
    assert "keyguard.http.transport" not in loaded


def test_is_filled_in_from_a_finding_of_a_report(tmp_path: Path) -> None:
    print_ = leaked(tmp_path / "here")
    code, told, _ = playbook(tmp_path / "here", print_[:8], "--report", "../findings.json")
    assert code == 0
    assert "Stands in: app.py:1, commit " in told
    assert "in the history of a ref, not in HEAD" in told
    assert "days until now" in told
    assert "Pushed: to no remote that this clone knows of" in told
    assert f"keyguard revoke {print_[:12]}" in told
    code, told, _ = playbook(tmp_path / "here", "../findings.json", "-f", "html")
    assert (code, told.startswith("<!DOCTYPE html>")) == (0, True)


def test_writes_replacements_for_git_filter_repo_only_when_asked(tmp_path: Path) -> None:
    print_ = leaked(tmp_path / "here")
    code, told, notes = playbook(tmp_path / "here", print_[:8], "--history", "--replacements")
    assert code == 0
    assert Path(told.strip()).read_bytes() == b"literal:" + VALUE + b"==>***REMOVED***\n"
    assert "this file holds secrets" in notes
    Path(told.strip()).unlink()
    Path(told.strip()).parent.rmdir()

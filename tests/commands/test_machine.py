from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from tests.program import ROOT, loaded_modules, run_keyguard
from tests.scan.homes import put
from tests.secrets import made_up

GITHUB = made_up("github", "github-fine-grained-token").secrets[0]


def test_a_home_with_nothing_in_it(tmp_path: Path) -> None:
    done = run_keyguard("scan", "--machine", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"no secrets found" in done.stdout


@pytest.mark.parametrize("words", [(".",), ("--history",), ("--staged",), ("a..b",), ("--commit-msg", "x")])
def test_it_stands_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run_keyguard("scan", "--machine", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert b"--machine" in done.stderr


def test_processes_go_with_it(tmp_path: Path) -> None:
    done = run_keyguard("scan", "--processes", cwd=tmp_path)
    assert done.returncode == 2


def test_a_report_names_places(tmp_path: Path, cage: Path) -> None:
    put(cage, ".zsh_history", b": 1763784000:0;gh auth --token " + GITHUB + b"\n")
    (tmp_path / ".keyguard.toml").write_text('disable = ["github-fine-grained-token"]\n', encoding="utf-8")
    text = run_keyguard("scan", "--machine", cwd=tmp_path)
    assert text.returncode == 1
    assert b"1 passed on a command line" in text.stdout
    assert GITHUB not in text.stdout
    report = json.loads(run_keyguard("scan", "--machine", "-f", "json", cwd=tmp_path).stdout)
    (finding,) = report["findings"]
    assert finding["rule"] == "github-fine-grained-token"
    assert finding["occurrences"][0]["path"] == os.path.join(cage, ".zsh_history").replace(os.sep, "/")
    assert len(report["notes"]) == 1
    (home,) = report["homes"]
    assert (home["kind"], home["tool"], home["secrets"], home["arguments"]) == ("shell history", "zsh", 1, 1)
    assert "mode" not in home
    jsonschema.validate(report, json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8")))


def test_variables_of_the_environment_count(tmp_path: Path) -> None:
    moved = put(tmp_path, "moved/auth.json", b'{"k": "' + GITHUB + b'"}')
    report = json.loads(
        run_keyguard("scan", "--machine", "-f", "json", cwd=tmp_path, CODEX_HOME=str(moved.parent)).stdout
    )
    assert [place["path"] for place in report["findings"][0]["occurrences"]] == [str(moved)]


def test_nothing_that_could_ask_is_loaded(tmp_path: Path) -> None:
    loaded = loaded_modules("scan", "--machine", "-q", cwd=tmp_path)
    assert not {"requests", "urllib3", "ssl", "keyguard.http"} & loaded

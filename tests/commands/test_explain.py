from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.program import run_keyguard
from tests.secrets import made_up

VALUE = made_up("generic", "generic-quoted").secrets[0].decode()


@pytest.mark.parametrize("place", ["settings.py", "settings.py:0", "settings.py:9", "missing.py:1", "settings.py:x"])
def test_what_is_no_line_of_a_file(tmp_path: Path, place: str) -> None:
    (tmp_path / "settings.py").write_text("x = 1\n")
    done = run_keyguard("explain", place, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr


def test_a_secret_and_something_else(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(f"x = 1\napi_key = '{VALUE}'\npassword = '${{PASSWORD}}'\n")
    assert run_keyguard("explain", "settings.py:1", cwd=tmp_path).stdout == b"no rule sees anything on this line\n"
    told = run_keyguard("explain", "settings.py:2", cwd=tmp_path).stdout.decode()
    assert "confidence " in told
    assert VALUE not in told
    assert VALUE in run_keyguard("explain", "--show-secrets", "settings.py:2", cwd=tmp_path).stdout.decode()
    dropped = run_keyguard("explain", "settings.py:3", cwd=tmp_path).stdout.decode()
    assert "not reported\n  the value is a reference" in dropped


def test_a_scan_says_why(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(f"api_key = '{VALUE}'\n")
    plain, explained = (
        json.loads(run_keyguard("scan", *words, "--no-git", "-f", "json", "settings.py", cwd=tmp_path).stdout)
        for words in ((), ("--explain",))
    )
    assert "reasons" not in plain["findings"][0]
    assert explained["findings"][0]["reasons"]
    assert "why: " in run_keyguard("scan", "--explain", "--no-git", "settings.py", cwd=tmp_path).stdout.decode()

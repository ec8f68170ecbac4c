from __future__ import annotations

from pathlib import Path

from keyguard.commands.actioncheck import action_problems
from tests.providers.files import provider_file
from tests.providers.test_requests import verify_file


def test_tells_each_request_that_is_wrong(tmp_path: Path) -> None:
    path = verify_file(tmp_path, '[verify]\nurl = "https://evil.example/"\nlive = [200]\nsource = "x"\n[identify]\n')
    problems = list(action_problems([tmp_path]))
    assert len(problems) == 2
    assert all(problem.startswith(f"{path}:") for problem in problems)


def test_a_file_that_is_right_or_unreadable_is_not_told_here(tmp_path: Path) -> None:
    assert list(action_problems([provider_file(tmp_path)])) == []
    assert list(action_problems([tmp_path / "none.toml"])) == []


def test_what_comes_with_keyguard_is_right() -> None:
    assert list(action_problems([])) == []

from __future__ import annotations

from pathlib import Path

import click
import pytest

from keyguard.commands.target import Target, choose, is_range


def plain(*words: str, history: bool = False, revs: tuple[str, ...] = (), branch: str = "", since: str = "") -> Target:
    return choose(words, revs, branch, since, history=history)


@pytest.mark.parametrize("word", ["..", "../x", "./a..b", "/a..b", "a/../b", "~/a..b", "main", "https://h/a..b", "-"])
def test_is_no_range(word: str) -> None:
    assert not is_range(word)


@pytest.mark.parametrize("word", ["main..HEAD", "v1...v2", "HEAD~3..", "abc..feature/x"])
def test_is_a_range(word: str) -> None:
    assert is_range(word)


@pytest.mark.parametrize(
    ("words", "options", "said"),
    [
        (["nowhere"], {}, "nowhere: no such file or folder"),
        (["-", "."], {}, "stands alone"),
        (["-"], {"history": True}, "no history"),
        ([".", ".."], {"history": True}, "one repository, not 2"),
        ([], {"branch": "main"}, "--branch needs --history"),
        ([], {"since": "2024-01-01"}, "--since needs --history"),
    ],
)
def test_refuses(words: list[str], options: dict[str, object], said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        plain(*words, **options)  # type: ignore[arg-type]  # a table of options


def test_the_current_folder_unless_named() -> None:
    assert plain() == Target((".",), False, "", "", (), str(Path.cwd()))


def test_standard_input() -> None:
    assert plain("-").paths == ("-",)


def test_a_url_asks_for_its_history() -> None:
    target = plain("https://host.example/x.git")
    assert target.history
    assert target.folder == ""


def test_a_range_beside_a_repository(tmp_path: Path) -> None:
    target = plain(str(tmp_path), "main..x", history=True, revs=("a..b",))
    assert target.paths == (str(tmp_path),)
    assert target.revs == ("a..b", "main..x")


def test_settings_are_looked_for_where_all_paths_meet(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).touch()
    assert plain(str(tmp_path / "a"), str(tmp_path / "b")).folder == str(tmp_path)

from __future__ import annotations

from pathlib import Path

import click
import pytest

from keyguard.commands.options import FORMATS, cache_place, colored, size
from keyguard.report import FORMATS as WRITERS


def test_offers_every_format_there_is() -> None:
    assert set(FORMATS) == set(WRITERS)


def test_refuses_what_is_no_size() -> None:
    with pytest.raises(click.BadParameter, match="expected a size"):
        size("big")


@pytest.mark.parametrize(
    ("variables", "terminal", "expected"),
    [
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({}, True, True),
    ],
)
def test_colours(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], terminal: bool, expected: bool) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colored(terminal) is expected


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYGUARD_CACHE", str(tmp_path))
    assert cache_place() == str(tmp_path)


def test_the_cache_is_in_the_home_of_caches(cage: Path) -> None:
    assert Path(cache_place()).is_relative_to(cage)

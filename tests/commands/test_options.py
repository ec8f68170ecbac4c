from __future__ import annotations

from pathlib import Path

import click
import pytest

from keyguard.commands.options import cache_place, size


def test_refuses_what_is_no_size() -> None:
    with pytest.raises(click.BadParameter, match="expected a size"):
        size("big")


def test_the_cache_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYGUARD_CACHE", str(tmp_path))
    assert cache_place() == str(tmp_path)


def test_the_cache_is_in_the_home_of_caches(cage: Path) -> None:
    assert Path(cache_place()).is_relative_to(cage)

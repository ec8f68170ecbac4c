from __future__ import annotations

from pathlib import Path

from keyguard.commands.asking import asking_text

PAGE = Path(__file__).parents[2] / "docs" / "asking.md"


def test_the_page_is_as_the_provider_files_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == asking_text(), "run `python docs/generate.py`"

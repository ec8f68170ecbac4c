from __future__ import annotations

from pathlib import Path

from keyguard.commands.provider_page import provider_pages
from keyguard.providers.loader import builtin_files

FOLDER = Path(__file__).parents[2] / "docs" / "providers"
PAGES = dict(provider_pages())


def test_each_provider_has_a_page_and_no_page_is_left_over() -> None:
    assert set(PAGES) == {f"{path.stem}.md" for path in builtin_files()} | {"CLEAN.md", "README.md"}
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_pages_are_what_the_files_say() -> None:
    stale = [name for name, text in PAGES.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert stale == [], "python docs/generate.py writes them"


def test_a_page_says_what_can_be_done() -> None:
    page = PAGES["anthropic.md"]
    for word in ("`inactivate`", "## Contain: within 5 minutes", "Source:", "POST https://api.anthropic.com/"):
        assert word in page
    assert "does not un-leak" in PAGES["CLEAN.md"]

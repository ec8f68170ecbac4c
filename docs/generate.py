"""Writes docs/providers.md from the provider files: `python docs/generate.py`."""

from __future__ import annotations

from pathlib import Path

from keyguard.commands.catalogue import list_text
from keyguard.providers.loader import load_rules

PAGE = Path(__file__).parent / "providers.md"

if __name__ == "__main__":
    PAGE.write_text(list_text(load_rules(), "markdown"), encoding="utf-8", newline="\n")

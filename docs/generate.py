"""Writes the pages and tables of docs/ that come from provider files and rules: `python docs/generate.py`."""

from __future__ import annotations

from pathlib import Path

from keyguard.commands.asking import asking_text
from keyguard.commands.audit_catalogue import builtin_usages, sources_text
from keyguard.commands.catalogue import list_text
from keyguard.commands.provider_page import provider_pages
from keyguard.providers.loader import load_rules

FOLDER = Path(__file__).parent
PAGE = FOLDER / "providers.md"

if __name__ == "__main__":
    PAGE.write_text(list_text(load_rules(), "markdown"), encoding="utf-8", newline="\n")
    (FOLDER / "asking.md").write_text(asking_text(), encoding="utf-8", newline="\n")
    audit = FOLDER / "audit.md"
    before, _, rest = audit.read_text(encoding="utf-8").partition("<!-- sources -->\n")
    after = rest.partition("<!-- /sources -->")[2]
    table = sources_text(builtin_usages())
    text = f"{before}<!-- sources -->\n{table}<!-- /sources -->{after}"
    audit.write_text(text, encoding="utf-8", newline="\n")
    for name, page in provider_pages():
        (FOLDER / "providers" / name).write_text(page, encoding="utf-8", newline="\n")

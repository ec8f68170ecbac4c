from __future__ import annotations

import re

from keyguard.commands.audit_catalogue import builtin_usages, sources_text
from keyguard.commands.audit_config import _FIELDS
from keyguard.providers.requests import REQUEST
from keyguard.providers.usage import BASES, FIELDS, HEAD, KINDS, METERS, OWN, OWN_PARTS, SHAPES
from tests.program import ROOT

PAGE = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")


def test_the_page_says_what_the_provider_files_say() -> None:
    """`python docs/generate.py` mends it."""
    assert PAGE.partition("<!-- sources -->\n")[2].partition("<!-- /sources -->")[0] == sources_text(builtin_usages())


def test_every_setting_of_an_account_is_described() -> None:
    table = PAGE.partition("## Accounts")[2].partition("## What providers tell")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", table, flags=re.MULTILINE)) == {
        *_FIELDS,
        "provider",
        "retention",
        "prices",
    }


def test_the_whole_vocabulary_is_described() -> None:
    text = PAGE.partition("## The `[usage]` table")[2]
    words = {*HEAD, *OWN, *REQUEST, *KINDS, *BASES, *FIELDS, *METERS, *SHAPES} - {"read"}
    words |= {f"{{{part}}}" for part in OWN_PARTS}
    assert sorted(word for word in words if f"`{word}`" not in text) == []

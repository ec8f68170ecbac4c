"""Every provider file says what it rests on: examples, rejects, a source, a date, and how far the source was read."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from keyguard.errors import RuleError
from keyguard.providers.loader import builtin_files, load_rules, parse_provider
from tests.providers.files import provider_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_FIRST_DAY = dt.date(2026, 1, 1)
_DOCUMENTED = re.compile(
    r"(?i)documentation|RFC [0-9]|service model|github\.com/|OpenAPI|specification|read in|guide|changelog|our own"
)


def _content(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", ["source", "verified", "docs", "console"])
def test_a_provider_without_its_facts_is_refused(tmp_path: Path, key: str) -> None:
    path = provider_file(tmp_path)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(key + " ")]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(RuleError, match=f"no '{key}' in \\[provider\\]"):
        parse_provider(path)


@pytest.mark.parametrize("key", ["examples", "rejects", "advice", "severity"])
def test_a_rule_without_its_facts_is_refused(tmp_path: Path, key: str) -> None:
    changes: dict[str, str | None] = {key: None}
    with pytest.raises(RuleError, match=f"no '{key}' in \\[\\[rule\\]\\]"):
        parse_provider(provider_file(tmp_path, **changes))
    if key in ("examples", "rejects"):
        with pytest.raises(RuleError, match="expected a list of one or more texts"):
            parse_provider(provider_file(tmp_path, **{key: "[]"}))


def test_there_are_enough_of_them() -> None:
    loaded = load_rules()
    assert len(loaded.providers) >= 150
    assert len(loaded.rules) >= 300


@pytest.mark.parametrize("path", builtin_files(), ids=lambda path: path.stem)
def test_a_file_says_what_it_rests_on(path: Path) -> None:
    content = _content(path)
    provider, rules = content["provider"], content["rule"]
    assert _DOCUMENTED.search(provider["source"]) or "unverified" in provider["source"], provider["source"]
    assert _FIRST_DAY <= provider["verified"] <= dt.date(2100, 1, 1)
    for rule in rules:
        assert rule["examples"], rule["id"]
        assert rule["rejects"], rule["id"]
        assert len(rule["advice"]) >= 20, rule["id"]

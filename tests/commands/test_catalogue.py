from __future__ import annotations

import json

import pytest

from keyguard.commands.catalogue import SHAPES, list_text, show_text
from keyguard.model.rule import RuleSet
from keyguard.providers.loader import load_rules
from tests.program import ROOT


@pytest.fixture(scope="module")
def known() -> RuleSet:
    return load_rules()


def test_shows_nothing_for_an_unknown_id(known: RuleSet) -> None:
    assert show_text(known, "nothing") == ""


@pytest.mark.parametrize("shape", SHAPES)
def test_every_rule_is_listed(known: RuleSet, shape: str) -> None:
    text = list_text(known, shape)
    assert text.endswith("\n")
    assert [rule.id for rule in known.rules if rule.id not in text] == []


def test_json_is_for_programs(known: RuleSet) -> None:
    listed = json.loads(list_text(known, "json"))
    assert listed["schema"] == 1
    assert {rule["severity"] for rule in listed["rules"]} <= {"low", "medium", "high", "critical"}


def test_shows_a_rule_and_a_whole_provider(known: RuleSet) -> None:
    provider = known.providers[0]
    whole = show_text(known, provider.id)
    assert whole.startswith(f"{provider.name} ({provider.id})\n")
    for rule in provider.rules:
        assert f"\n{rule}\n" in whole
        assert show_text(known, rule).startswith(f"{rule}\n")


def test_the_page_of_providers_is_up_to_date(known: RuleSet) -> None:
    page = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
    assert page == list_text(known, "markdown"), "run: python docs/generate.py"

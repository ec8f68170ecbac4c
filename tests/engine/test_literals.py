from __future__ import annotations

import re

import pytest

from keyguard.engine.literals import rarity, required_literals
from keyguard.model import Rule
from keyguard.providers.loader import load_rules
from keyguard.providers.sample import make_sample, seeded
from keyguard.providers.syntax import parse

RULES = load_rules().rules


@pytest.mark.parametrize("trigger", ["", "(?:abc)?", "a*", "(?:abc|[^a]{30})", "[^a]", "(?:(?:ab){0,3}|c)"])
def test_no_literal_is_an_error(trigger: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"no literal in the trigger {trigger}")):
        required_literals(trigger, 4)


@pytest.mark.parametrize(
    ("trigger", "texts"),
    [
        ("ghp", {b"ghp"}),
        ("gh[pousr]_", {b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"}),
        ("(?i:Zx)q1", {b"zxq1"}),
        ("ZXQ1", {b"zxq1"}),
        ("q~[01]{30}", {b"q~00", b"q~01", b"q~10", b"q~11"}),
        ("[01]{2}-q", {b"00-q", b"01-q", b"10-q", b"11-q"}),
        ("[a-z0-9]{9}-zq5", {b"-zq5"}),
        ("x[^\n]{0,9}zqj7", {b"zqj7"}),
        ("(?:zqj1|zqj2)[^\n]{0,9}", {b"zqj1", b"zqj2"}),
        ("zq_?j[^\n]{0,4}", {b"zqj", b"zq_j"}),
        ("(?:zqj1[^\n]{0,2}|x(?:zqj2[^\n]{1,3}))", {b"zqj1", b"zqj2"}),
        ("[^\n]zq[^\n]", {b"zq"}),
    ],
)
def test_literals_of_a_trigger(trigger: str, texts: set[bytes]) -> None:
    assert set(required_literals(trigger, 4)) == texts


def test_rare_bytes_count_more_and_repeated_ones_once() -> None:
    assert rarity(b"zq") > rarity(b"et")
    assert rarity(b"----") == rarity(b"-")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_match_of_a_built_in_trigger_holds_one(rule: Rule) -> None:
    literals = required_literals(rule.trigger, 4)
    node = parse(rule.trigger).node
    for seed in range(10):
        sample = make_sample(node, seeded(f"{seed}:{rule.id}")).lower()
        assert any(literal in sample for literal in literals)

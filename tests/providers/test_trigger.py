"""Triggers: what is refused, what is derived, and that no match of a pattern is without its trigger."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keyguard.errors import RuleError
from keyguard.providers.sample import make_sample, seeded
from keyguard.providers.syntax import parse
from keyguard.providers.trigger import MAX_WIDTH, Trigger, broad_trigger, check_trigger, derive_trigger
from tests.providers.patterns import ANCHORED


@pytest.mark.parametrize("pattern", ["SK[0-9a-f]{32}", "(?:abcd|x)[0-9]{8}", "(?:abcd)?[a-z]{30}", "[a-z]{3}"])
def test_a_pattern_without_a_literal_needs_a_written_trigger(pattern: str) -> None:
    with pytest.raises(RuleError, match="`trigger`"):
        derive_trigger(pattern, lines=False)


@pytest.mark.parametrize(
    "pattern", [".{20}", r"\w{20}", "[A-Za-z ]{80}", "(?:[0-9]{16}|[a-z]{8})", "[0-9]{3}", r"[^\s]{99}"]
)
def test_what_is_in_any_file_is_no_trigger(pattern: str) -> None:
    with pytest.raises(RuleError, match="in any file"):
        broad_trigger(pattern, lines=False)


@pytest.mark.parametrize(
    ("pattern", "trigger", "width"),
    [
        ("[A-Z0-9]{20}", "[0-9A-Z]{20}", 20),
        ("(?m:^)(?:[a-z]{2})?([0-9a-f]{32,64})(?![0-9])", "[0-9a-f]{32}", 32),
        ("[A-Za-z0-9/+=]{40,900}", r"[\+/-9=A-Za-z]{40}", 40),
        (r"x?[0-9]{3}-[0-9]{2}-[0-9]{4}", r"[0-9]{3}\-[0-9]{2}\-[0-9]{4}", 11),
        ("[0-9]{16}|[A-F]{8}-", r"(?:[0-9]{16}|[A-F]{8}\-)", 16),
    ],
)
def test_a_trigger_without_a_literal(pattern: str, trigger: str, width: int) -> None:
    assert broad_trigger(pattern, lines=False) == Trigger(trigger, width)


def test_a_pattern_of_two_lines_needs_a_reach() -> None:
    with pytest.raises(RuleError, match="`reach`"):
        derive_trigger(r"abcd\nefgh", lines=False)


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("abc(?=d)", "lookahead"),
        (r"\babc", "word boundary"),
        ("abc[0-9]{254}", "257 bytes"),
        ("a[0-9]{20}", "2 bytes are literal"),
        ("(?:abc|[a-z]{4})", "2 bytes are literal"),
        (r"\n", "2 bytes are literal"),
    ],
)
def test_written_triggers_are_checked(trigger: str, said: str) -> None:
    with pytest.raises(RuleError, match=re.escape(said)):
        check_trigger(trigger)


def test_a_written_trigger_never_crosses_a_line() -> None:
    assert check_trigger(r"ab[\s:]c[^x]") == Trigger(r"ab[\x09\x0b-\x0d :]c[^\x0ax]", 5)


@pytest.mark.parametrize(
    ("pattern", "trigger", "width"),
    [
        ("sk-proj-[a-z]{58}T3BlbkFJ[a-z]{58}", r"sk\-proj\-[a-z]{12}", 20),
        ("(?:ghp|gho|ghs)_[A-Za-z0-9]{36}", "gh[ops]_[0-9A-Za-z]{12}", 16),
        (r"(?i:mistral)[^\n]{0,40}?(?<![a-z])(?P<secret>[a-z0-9]{32})", "(?i:mistral)", 7),
        (r"[0-9]{8,10}:AA[\w-]{33}", r"[0-9]{8}:AA[\-0-9A-Z_a-z]{12}", 23),
        ("(?:AKIA|ASIA)[A-Z2-7]{16}", "A(?:KIA|SIA)[2-7A-Z]{12}", 16),
        ("(?:AIza[a-z]{35}|ya29[.][a-z]{20,99})", r"(?:AIza[a-z]{12}|ya29\.[a-z]{12})", 17),
        (r"https://hooks\.slack\.com/services/T[A-Z]{8,12}", r"https://hooks\.slack\.com/services/T[A-Z]{8}", 42),
        ("(?:abcd-){3,5}x?", r"(?:abcd\-){3}", 15),
    ],
)
def test_examples(pattern: str, trigger: str, width: int) -> None:
    assert derive_trigger(pattern, lines=False) == Trigger(trigger, width)


@pytest.mark.parametrize(
    ("pattern", "trigger"),
    [
        (r"-----BEGIN [A-Z ]{0,20}KEY-----[\s\S]{64,4000}", r"\-\-\-\-\-BEGIN "),
        (r"key_id\s{1,4}[a-z]{20}", "key_id"),
        (r"id: [a-z]{4}\nsecret: [a-z]{4}", r"secret: [a-z]{4}"),
    ],
)
def test_a_trigger_of_a_pattern_of_several_lines_stops_where_a_line_may_end(pattern: str, trigger: str) -> None:
    assert derive_trigger(pattern, lines=True).pattern == trigger


@given(ANCHORED, st.booleans(), st.integers(0, 999))
def test_every_match_contains_a_match_of_the_trigger(pattern: str, lines: bool, seed: int) -> None:
    try:
        trigger = derive_trigger(pattern, lines=lines)
    except RuleError:
        assume(False)
        return
    match = make_sample(parse(pattern).node, seeded(str(seed)))
    assume(lines or b"\n" not in match)
    found = re.compile(trigger.pattern.encode()).search(match)
    assert found
    assert b"\n" not in found.group()
    assert len(found.group()) <= trigger.width <= MAX_WIDTH


@given(st.lists(ANCHORED, min_size=1, max_size=8))
def test_hyperscan_takes_every_trigger_alone_and_together(patterns: list[str]) -> None:
    hyperscan = pytest.importorskip("hyperscan")
    triggers: list[bytes] = []
    for pattern in patterns:
        try:
            triggers.append(derive_trigger(pattern, lines=True).pattern.encode())
        except RuleError:
            continue
    assume(triggers)
    for some in [triggers] if len(triggers) == 1 else [triggers, triggers[:1]]:
        database = hyperscan.Database()
        database.compile(expressions=some, ids=list(range(len(some))), flags=0)

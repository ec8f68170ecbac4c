"""Both engines keep the promise of `Engine`, and report hits on the same lines."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.engine import CHOICES, Engine, open_engine
from keyguard.engine.portable import PortableEngine
from keyguard.providers.loader import builtin_files, load_rules
from keyguard.providers.providerfile import read_provider
from keyguard.providers.templates import expand
from tests.rules import make_rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from keyguard.model import Rule

ENGINES = CHOICES[1:]
RULES = [
    make_rule(trigger)
    for trigger in (
        "tok_[a-z]{2,5}", "(?i:pass)[^\n]{0,9}=", "Q~", "[0-9]{3}ab", "ab[0-9]{3}", "aaaa", "aa[^\n]{1,3}",
        "(?:sk|SK)-[a-z]{0,4}", "a(?:b|cd){1,3}e", "[0-9a-f]{4}-k[0-9]", r"\xff1",
        "[A-Z0-9]{3}", "[^\n]{1,2}[0-9~]{2}",
    )
]  # fmt: skip
PIECES = (
    b"tok_", b"abc", b"PASS", b"pass", b"=", b"Q~", b"q~", b"123", b"aa", b"a", b"sk-", b"SK-", b"sK-", b"cd", b"e",
    b"4-k", b"-k1", b"\n", b"\r\n", b"\0", b"\xff", b"1", b" ", b"\xe9", b"x" * 50,
)  # fmt: skip


@pytest.fixture(scope="module", params=ENGINES)
def small(request: pytest.FixtureRequest) -> Engine:
    return open_engine(RULES, choice=request.param)


@pytest.fixture(scope="module")
def built_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Rule, ...], Engine, Engine]:
    rules = load_rules().rules
    cache: Path = tmp_path_factory.mktemp("cache")
    return rules, open_engine(rules, cache=cache, choice="hyperscan"), open_engine(rules, choice="portable")


@pytest.mark.parametrize("choice", ENGINES)
@pytest.mark.parametrize("text", [b"", b"\n", b"a", b"nothing here", b"\0" * 9])
def test_no_hit(choice: str, text: bytes) -> None:
    hits = open_engine(RULES, choice=choice).scan(text)
    assert (hits.rules, hits.ends) == ([], [])


@pytest.mark.parametrize("choice", ENGINES)
def test_no_rules(choice: str) -> None:
    assert open_engine([], choice=choice).scan(b"tok_abc").ends == []


@settings(derandomize=True, database=None, deadline=None, max_examples=200)
@given(text=st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
def test_each_match_of_a_trigger_is_reported_or_overlapped(small: Engine, text: bytes) -> None:
    hits = small.scan(text)
    found = set(zip(hits.rules, hits.ends))
    for number, rule in enumerate(RULES):
        starts = [at for at in range(len(text)) if re.compile(rule.trigger.encode()).match(text, at)]
        ends = [end for which, end in found if which == number]
        assert all(any(start < end <= start + rule.width for end in ends) for start in starts)
        assert all(any(start < end <= start + rule.width for start in starts) for end in ends)


def test_literals_on_the_border_of_blocks() -> None:
    engine = PortableEngine(RULES)
    for before in range((1 << 14) - 12, (1 << 14) + 3):
        hits = engine.scan(b"\n" * before + b"tok_ab\n" + b"Q~")
        assert list(zip(hits.rules, hits.ends)) == [(0, before + 6), (2, before + 9)]


def test_both_engines_hit_the_same_lines_of_all_examples(
    built_in: tuple[tuple[Rule, ...], Engine, Engine],
) -> None:
    rules, vector, portable = built_in
    files = [read_provider(path, proven=True) for path in builtin_files()]
    templates = [
        each for file in files for rows in (file.examples, file.rejects) for row in rows.values() for each in row
    ]
    text = b"\n".join(expand(template, seed).text for template in templates for seed in range(2))
    assert len(_lines(vector, text, rules)) > len(rules)
    assert _lines(portable, text, rules) == _lines(vector, text, rules)


@pytest.mark.parametrize("seed", range(3))
def test_both_engines_hit_the_same_lines_of_random_text(
    built_in: tuple[tuple[Rule, ...], Engine, Engine], seed: int
) -> None:
    """Random bytes seldom match, so the words of the triggers are strewn among them."""
    rules, vector, portable = built_in
    rng = random.Random(seed)
    words = sorted({word for rule in rules for word in re.findall(r"[A-Za-z]{2,}", rule.trigger)})
    ends = (b"=", b": '", b'"', b"_", b"-", b" ", b"\n", b"\n", b"://", b".", b"0f" * 20, b"aB3" * 15, rng.randbytes(9))
    text = b"".join(rng.choice(words).encode() + b"".join(rng.choices(ends, k=3)) for _ in range(10_000))
    for which in (text, text.lower(), text.upper()):
        assert _lines(portable, which, rules) == _lines(vector, which, rules)


def _lines(engine: Engine, text: bytes, rules: Sequence[Rule]) -> set[tuple[str, int]]:
    hits = engine.scan(text)
    starts = {end: text.rfind(b"\n", 0, end - 1) for end in set(hits.ends)}
    return {(rules[number].id, starts[end]) for number, end in zip(hits.rules, hits.ends)}

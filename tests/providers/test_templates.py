"""Templates: what is refused, and what they expand to."""

from __future__ import annotations

import math
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.errors import RuleError
from keyguard.providers.templates import Expanded, expand


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{secret:[a-z]{3}", "not closed"),
        ("a}b", "a single '}'"),
        ("{name:[a-z]}", "expected {secret:REGEX}"),
        ("{secret}", "expected {secret:REGEX}"),
        ("{any:}", "expected {secret:REGEX}"),
        ("{any:a+}", "upper bound"),
        ("{any:a(?!b)}", "lookarounds"),
        (r"{any:(a|b)\1}", "back references"),
        ("{any:[^\\s\\S]}", "empty set"),
    ],
)
def test_refusals(template: str, said: str) -> None:
    with pytest.raises(RuleError, match=re.escape(said)):
        expand(template, 0)


def test_braces_that_are_doubled_are_literal() -> None:
    assert expand('{{"k": "{any:x{3}}"}}', 0) == Expanded(b'{"k": "xxx"}', ())


def test_a_brace_behind_a_backslash_need_not_pair() -> None:
    assert expand(r"{secret:\{x}", 0) == Expanded(b"{x", (b"{x",))


def test_secrets_are_told_in_order() -> None:
    text, secrets = expand("é {secret:a[0-9]{4}} {any:b{2}} {secret:c[0-9]}", 7)
    assert re.fullmatch(rb"\xc3\xa9 a\d{4} bb c\d", text)
    assert [secret[:1] for secret in secrets] == [b"a", b"c"]
    assert all(secret in text for secret in secrets)


@given(st.integers())
def test_the_same_seed_gives_the_same_text(seed: int) -> None:
    assert expand("{secret:[A-Za-z0-9]{20,40}}", seed) == expand("{secret:[A-Za-z0-9]{20,40}}", seed)


def test_seeds_differ_and_reach_both_ends_of_a_range() -> None:
    lengths = {len(expand("{any:[a-z]{3,9}}", seed).text) for seed in range(40)}
    assert {3, 9} <= lengths <= set(range(3, 10))
    assert len({expand("{any:[a-z]{9}}", seed).text for seed in range(40)}) == 40


def test_the_entropy_is_as_high_as_the_set_allows() -> None:
    counts = Counter(expand("{any:[0-9a-f]{32}}", 1).text)
    assert math.isclose(-sum(n / 32 * math.log2(n / 32) for n in counts.values()), 4.0)


@pytest.mark.parametrize("pattern", [".", r"[^\s]", r"[^\n]", r"\S", "[^a]", "(?s:.)"])
def test_wide_sets_give_printable_bytes_that_end_no_token(pattern: str) -> None:
    text = expand(f"{{any:{pattern}{{60}}}}", 3).text
    assert text.decode("ascii").isprintable()
    assert not set(text) & set(b" \"'<>&,;()[]{}")

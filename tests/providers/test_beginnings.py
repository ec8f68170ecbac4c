from __future__ import annotations

import re
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.providers.beginnings import beginnings
from keyguard.providers.loader import builtin_files, load_rules, parse_provider
from keyguard.providers.syntax import parse
from keyguard.providers.templates import expand
from keyguard.triage.search import Search


def _of(pattern: str) -> tuple[tuple[str, int], ...]:
    return beginnings(parse(pattern).node)


def test_what_begins_with_too_little() -> None:
    assert _of("[a-z]{3}key") == ()
    assert _of("k[a-z]{4}") == ()
    assert _of("(?:key|[a-z]{2})x") == ()
    assert _of("(?:key){0,2}") == ()


def test_literals_of_either_case() -> None:
    assert _of("Key[0-9]{9}") == _of("(?i:kEY)[0-9]{9}") == (("key", 0),)
    assert _of("password=") == (("pass", 0),)
    assert _of("ab") == (("ab", 0),)


def test_alternatives_and_repeats() -> None:
    assert _of("(?:token|api[_-]?key)=") == (("api", 0), ("toke", 0))
    assert _of("a{2,3}b") == (("aaab", 0), ("aab", 0))
    assert _of("(?:ab){1,40}[0-9]") == (("ab", 0), ("abab", 0))
    assert _of("[0-9a-f]{0,40}key") == ()


def test_what_has_no_width_is_passed_over() -> None:
    assert _of("(?<![a-z])(?=k)key[0-9]") == (("key", 0),)


def test_one_text_for_many_first_bytes() -> None:
    assert _of("[_.-](?:pin|otp)[0-9]{4}") == (("otp", 1), ("pin", 1))


@pytest.mark.parametrize(
    "pattern", ["(?:se|to{1,3})[a-c]{0,2}k", "x?y{2}[ab]", "(?:ab|c(?:d|ef)){2,4}", "a(?i:bc){0,3}d"]
)
def test_every_match_has_one_where_it_should(pattern: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.from_regex(re.compile(pattern.encode()), fullmatch=True))
    def check(text: bytes) -> None:
        assert _fits(_of(pattern), text)

    check()


def _fits(texts: tuple[tuple[str, int], ...], match: bytes) -> bool:
    small = match.lower()
    return not texts or any(small.startswith(text.encode(), offset) for text, offset in texts)


@pytest.mark.parametrize("path", builtin_files(), ids=lambda path: path.stem)
def test_examples_of_every_rule(path: Path) -> None:
    """What is found from the beginnings on is what the pattern finds everywhere."""
    file = parse_provider(path)
    for rule in file.rules:
        compiled = regex.compile(rule.pattern.encode())
        for template in file.examples[rule.id]:
            text = b"x = 1\n" + expand(template, 3).text + b"\n"
            expected = [match.span() for match in compiled.finditer(text, overlapped=True)]
            assert [match.span() for match in Search(compiled, rule.beginnings).find(text)] == expected
            assert expected


def test_most_rules_have_some() -> None:
    """A rule without is slower to confirm."""
    rules = load_rules().rules
    assert len([rule for rule in rules if rule.beginnings]) > 0.9 * len(rules)

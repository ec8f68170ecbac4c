from __future__ import annotations

import re

import pytest

from keyguard.errors import RuleError
from keyguard.providers.re2 import translate


def found(pattern: str, text: bytes, group: int = 0, bound: int = 64) -> bytes | None:
    """The secret in a text by a translated pattern."""
    match = re.search(translate(pattern, group, bound=bound).pattern.encode(), text)
    if not match:
        return None
    names = sorted(name for name in match.re.groupindex if match[name] is not None)
    return bytes(match[names[0]]) if names else bytes(match[0])


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?=a)b",
        r"(?<!a)b",
        r"a(b",
        r"ab)",
        r"(?U)a+",
        r"\pL+",
        r"[[:^alpha:]]",
        r"[[:nope:]]",
        r"\1",
        "[ab",
        "a\\",
        r"\C",
        r"[\b]",
    ],
)
def test_what_cannot_be_run_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError):
        translate(pattern, bound=64)


def test_a_group_that_is_not_there() -> None:
    with pytest.raises(RuleError, match="secretGroup is 3, and the pattern has 2"):
        translate("(a)(b)", 3)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"a(?i)b|c", b"A"),
        (r"(?:a(?i)b)c", b"abC"),
        (r"a\sb", b"a\x0bb"),
        (r"[\S]", b" "),
        (r"\Qa.b\E", b"axb"),
        (r"x{,2}", b"xx"),
        (r"[[:digit:]-]", b"a"),
    ],
)
def test_does_not_match(pattern: str, text: bytes) -> None:
    assert found(pattern, text) is None


@pytest.mark.parametrize(
    ("pattern", "group", "text", "secret"),
    [
        (r"(?i)acme[a-z]{2}", 0, b"ACMEab", b"ACMEab"),
        (r"a(?i)b|c", 0, b"C", b"C"),
        (r"a(?i)b(?-i)c", 0, b"aBc", b"aBc"),
        (r"key=([a-z]+)", 0, b"key=abc", b"abc"),
        (r"(?P<name>key)=(?:x|([a-z]+))", 2, b"key=abc", b"abc"),
        (r"(?:one=([a-z]+)|two=([0-9]+))", 0, b"two=42", b"42"),
        (r"[[:alnum:]_.-]+", 0, b"a-b.c_1", b"a-b.c_1"),
        (r"\Q[x]\E+", 0, b"[x]]", b"[x]]"),
        (r"[]a]+", 0, b"]a", b"]a"),
        (r"[^\d\s]+", 0, b"1 ab", b"ab"),
        (r"\x{41}\x42\103"[:-4], 0, b"AB", b"AB"),
        (r"é+", 0, "éé".encode(), "éé".encode()),
        (r"[\x60'\"\s;]", 0, b"`", b"`"),
        (r"a{2,}?b", 0, b"aaab", b"aaab"),
        (r"abc\z", 0, b"abc", b"abc"),
        (r"x{,2}", 0, b"x{,2}", b"x{,2}"),
        (r"a.c", 0, b"abc", b"abc"),
        (r"(?s)a.c", 0, b"a\nc", b"a\nc"),
    ],
)
def test_matches(pattern: str, group: int, text: bytes, secret: bytes) -> None:
    assert found(pattern, text, group) == secret


def test_repeats_are_bounded_and_said_so() -> None:
    done = translate("a+(?:bc)*", bound=64)
    assert done.pattern == "a{1,64}(?:bc){0,2}"
    assert done.notes == ("repeats without an end have one",)
    assert translate("a{3,}", bound=2).pattern == "a{3}"
    assert translate("a+").pattern == "a+"

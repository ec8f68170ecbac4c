from __future__ import annotations

from time import monotonic

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.triage.search import Search

PATTERN = rb"(?<![x])(?:[_.](?i:pin)|ab|aB)(?P<secret>[0-9a]{1,3})(?P<id>z)?(?!y)"
BEGINNINGS = (("ab", 0), ("pin", 1))
COMPILED = regex.compile(PATTERN)


def test_groups() -> None:
    assert (Search(COMPILED).secrets, Search(COMPILED).parts) == (["secret"], ["id"])
    assert (Search(regex.compile(b"a")).secrets, Search(regex.compile(b"a")).parts) == ([0], [])
    two = Search(regex.compile(b"(?P<secret>a)|(?P<secret2>b)(?P<id2>c)"))
    assert (two.secrets, two.parts) == (["secret", "secret2"], ["id2"])


def test_the_first_byte_of_a_text_can_be_what_stands_before() -> None:
    assert [match.span() for match in Search(COMPILED, BEGINNINGS).find(b"pin1 _pin1 PIN2")] == [(5, 10)]


@settings(deadline=None)
@given(st.text("aBb_.pPiInN01xyz\n", max_size=40).map(str.encode))
def test_the_same_as_trying_everywhere(text: bytes) -> None:
    expected = [(match.span(), match.group("secret")) for match in Search(COMPILED).find(text)]
    assert [(match.span(), match.group("secret")) for match in Search(COMPILED, BEGINNINGS).find(text)] == expected


@pytest.mark.parametrize("beginnings", [(), (("aa", 0),)])
def test_a_pattern_that_takes_too_long(beginnings: tuple[tuple[str, int], ...]) -> None:
    search = Search(regex.compile(rb"(?:a|a|aa|aaa){2,64}b"), beginnings, seconds=0.05)
    with pytest.raises(TimeoutError):
        list(search.find(b"a" * 400))


def test_nobody_looks_at_the_clock_for_a_quick_pattern_on_a_short_line() -> None:
    slow, text = regex.compile(rb"(?:a|a|aa|aaa){2,64}b"), b"a" * 12
    for beginnings in ((), (("aa", 0),)):
        assert not list(Search(slow, beginnings, seconds=1e-9, quick=True).find(text))
        with pytest.raises(TimeoutError):
            list(Search(slow, beginnings, seconds=1e-9, quick=True).find(b"a" * 400))


def test_a_long_text_may_take_longer_but_none_of_its_parts() -> None:
    """Each MiB has its time; a slow place does not use up that of what is behind it."""
    quick = b"ab1 " * 40 + b" " * (1 << 20)
    search = Search(COMPILED, BEGINNINGS, seconds=0.3)
    assert len(list(search.find(quick * 3))) == 120
    slow = Search(regex.compile(rb"aa(?:a|a|aa|aaa){2,64}b"), (("aa", 0),), seconds=0.05)
    started = monotonic()
    with pytest.raises(TimeoutError):
        list(slow.find(b"a" * 400 + b" " * (8 << 20) + b"aa"))
    assert monotonic() - started < 5

"""Sets of bytes behave as the byte patterns of `re` do."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from keyguard.providers import charset


def test_fold_adds_the_other_case_of_ascii_letters_only() -> None:
    assert charset.values(charset.fold(1 << ord("k"))) == (ord("K"), ord("k"))
    assert charset.values(charset.fold(1 << ord("7") | 1 << 0xE9)) == (ord("7"), 0xE9)


@given(st.integers(0, charset.ALL))
def test_ranges_and_values_are_the_same_set(members: int) -> None:
    spanned = tuple(value for first, last in charset.ranges(members) for value in range(first, last + 1))
    assert spanned == charset.values(members)
    assert charset.size(members) == len(spanned)


def test_categories_are_those_of_re() -> None:
    every = bytes(range(256))
    assert bytes(charset.values(charset.SPACE)) == b"".join(re.findall(rb"\s", every))
    assert bytes(charset.values(charset.WORD)) == b"".join(re.findall(rb"\w", every))
    assert bytes(charset.values(charset.DIGIT)) == b"".join(re.findall(rb"\d", every))

"""Trees written back as patterns mean the same to `re`, and Hyperscan takes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.providers import charset
from keyguard.providers.notation import write
from keyguard.providers.sample import make_sample, seeded
from keyguard.providers.syntax import Chars, parse
from tests.providers.patterns import PATTERNS


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("sk-ab", r"sk\-ab"),
        ("(?i:Api)[_-]?(?i:key)", r"(?i:api)[\-_]?(?i:key)"),
        ("A|b", "[Ab]"),
        ("ab|cd", "(?:ab|cd)"),
        ("(?:ab){2,3}", "(?:ab){2,3}"),
        (r"[^\n]", r"[^\x0a]"),
        ("K", "K"),
        (r"\$\{", r"\$\{"),
    ],
)
def test_examples(pattern: str, written: str) -> None:
    assert write(parse(pattern).node) == written


@given(st.integers(1, charset.ALL))
def test_every_set_of_bytes_survives(members: int) -> None:
    compiled = re.compile(write(Chars(members)).encode())
    assert tuple(value for value in range(256) if compiled.fullmatch(bytes([value]))) == charset.values(members)


@given(PATTERNS, st.integers(0, 99))
def test_strings_of_a_pattern_match_what_was_written(pattern: str, seed: int) -> None:
    node = parse(pattern).node
    written = write(node)
    assert re.compile(written.encode()).fullmatch(make_sample(node, seeded(str(seed))))

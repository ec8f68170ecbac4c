"""What counts as the border of a token, in both engines."""

from __future__ import annotations

import re
from typing import Any

import pytest
import regex

from keyguard.providers.boundary import LEFT, wrap

_BOTH = pytest.mark.parametrize("engine", [re, regex], ids=["re", "regex"])


@_BOTH
@pytest.mark.parametrize(
    "before", [b"a", b"Z", b"7", b"nn", b"%3", b"%3g", b"x3d", b"\\x3", b"u003d", b"31m", b"[31;m0", b"m", b"\\q"]
)
def test_a_letter_or_digit_before_is_no_border(engine: Any, before: bytes) -> None:
    assert not engine.search(wrap("KEY_ABC", "both").encode(), before + b"KEY_ABC")


@_BOTH
@pytest.mark.parametrize("after", [b"a", b"Z", b"0"])
def test_a_letter_or_digit_after_is_no_border(engine: Any, after: bytes) -> None:
    assert not engine.search(wrap("KEY_ABC", "both").encode(), b"KEY_ABC" + after)


@_BOTH
@pytest.mark.parametrize(
    "before",
    [
        *(b"", b" ", b"=", b"_", b"-", b'"', b"\xe9", b"\\n", b"\\t", b"\\0", b"%3D", b"%0a", b"\\x3d", b"\\u003D"),
        *(b"\x1b[m", b"\x1b[1m", b"\x1b[31m", b"\\033[1;31m", b"\x1b[38;5;196m"),
    ],
)
def test_borders_on_the_left(engine: Any, before: bytes) -> None:
    assert engine.search(wrap("KEY_ABC", "both").encode(), b"text " + before + b"KEY_ABC")


@_BOTH
@pytest.mark.parametrize("after", [b"", b" ", b"\n", b"\r\n", b'"', b"_", b"\\n", b"%0A", b"&", b"\xc3"])
def test_borders_on_the_right(engine: Any, after: bytes) -> None:
    assert engine.search(wrap("KEY_ABC", "both").encode(), b"KEY_ABC" + after)


def test_sides() -> None:
    assert wrap("a|b", "none") == "(?:a|b)"
    assert wrap("a|b", "left") == LEFT + "(?:a|b)"
    assert wrap("a|b", "right") == "(?:a|b)(?![A-Za-z0-9])"

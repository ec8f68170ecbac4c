"""Joining: what is one string in the end, what is not, and that it ends."""

from __future__ import annotations

import re
import time

import pytest

from keyguard.sources.decode_joined import decode_joined
from keyguard.sources.decode_triggers import JOINED, TRIGGERS, Reach

REACH = Reach(6 << 10, 32 << 10)
PATTERNS = [re.compile(trigger.pattern.encode()) for trigger in TRIGGERS if trigger.coding == JOINED]


def _hits(text: bytes) -> list[int]:
    return sorted({found.end() for pattern in PATTERNS for found in pattern.finditer(text)})


def _joined(text: bytes) -> list[bytes]:
    return [decoded.text for decoded in decode_joined(JOINED, text, _hits(text), REACH)]


@pytest.mark.parametrize(
    "text",
    [
        b'token = "ab", "cd"',
        b'token = "ab" + name + "cd"',
        b"token = \"ab\" + 'cd'",
        b'token = "ab"\nother = "cd"\n',
        b'token = ""',
        b'{"token": "ab", "b": "cd"}',
        b'<a token="ab" b="cd">',
        b'title = "ab" + "cd"',
    ],
)
def test_what_stays_apart(text: bytes) -> None:
    assert _joined(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'token = "ab" + "cd";', b'token = "abcd";'),
        (b'token = "ab" "cd"', b'token = "abcd"'),
        (b"token = b'ab' + b'cd'", b"token = b'abcd'"),
        (b"token => 'ab' . 'cd',", b"token => 'abcd',"),
        (b'token = "ab" +\n  "cd" +\n  "ef"\nx = "gh"\n', b'token = "abcdef"'),
        (b'String token = "ab"\r\n  + "cd";\r\n', b'String token = "abcd";\r'),
        (b'token = (\n  "ab"\n  "cd"\n)\n', b'token ="abcd"'),
        (b"token=ab_c\\\n  de\n", b"token=ab_cde"),
        (b'x\ntoken =\n  "ab" +\n  "cd"\ny', b'token ="abcd"'),
    ],
)
def test_what_is_one_string(text: bytes, expected: bytes) -> None:
    assert _joined(text) == [expected]


def test_places_are_those_of_the_pieces() -> None:
    text = b'x\ntoken = "ab" + "cd"\n'
    [decoded] = decode_joined(JOINED, text, _hits(text), REACH)
    assert decoded.steps == ("pieces",)
    start = decoded.text.index(b"abcd")
    assert (decoded.start_of(start), decoded.end_of(start + 4)) == (text.index(b"ab"), text.index(b"cd") + 2)


def test_each_statement_by_itself() -> None:
    one = b'token = "ab" + "cd"\n'
    assert _joined(one + b"\n" + one) == [b'token = "abcd"'] * 2


@pytest.mark.parametrize("unit", [b'token = "ab" + "cd" + ', b'"ab"\n', b"token = (\n", b"ab_c\\\n", b'"ab" +\n'])
def test_long_texts_are_bounded(unit: bytes) -> None:
    text = b'token = "ab" +\n' + unit * (200_000 // len(unit))
    started = time.process_time()
    joined = _joined(text)
    assert time.process_time() - started < 20
    assert sum(map(len, joined)) <= 2 * len(text) + 4096

"""A text that is read in pieces gives what its patterns match in all of it, at the right lines and columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.engine import open_engine
from keyguard.scan.matcher import Matcher
from keyguard.scan.pieces import scan_pieces
from keyguard.triage.locate import locate
from tests.scan.edits import texts
from tests.scan.oracle import FRAGMENTS, LONG_LINES, RULES, matching


@pytest.fixture(scope="module", params=["hyperscan", "portable"])
def matcher(request: pytest.FixtureRequest) -> Matcher:
    return Matcher(RULES, open_engine(RULES, choice=request.param))


@pytest.mark.parametrize("pieces", [[], [(0, b"")], [(0, b"nothing\n")]])
def test_nothing(matcher: Matcher, pieces: list[tuple[int, bytes]]) -> None:
    assert not scan_pieces(matcher, lambda _, __: pieces).found


@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(
    parts=st.lists(texts(FRAGMENTS, 9) | texts(LONG_LINES, 9) | st.just("ä😀 ".encode() * 99), max_size=6),
    steps=st.lists(st.integers(1, 900), min_size=1, max_size=5),
)
def test_pieces_have_what_the_patterns_match(matcher: Matcher, parts: list[bytes], steps: list[int]) -> None:
    text = b"\xff".join(parts).replace(b"\0", b"\x01")
    pieces: list[tuple[int, bytes]] = []
    start = 0
    while not pieces or pieces[-1][0] + len(pieces[-1][1]) < len(text):
        step = steps[len(pieces) % len(steps)]
        pieces.append((start, text[start : start + step + matcher.confirmer.overlap]))
        start += step
    found, timeouts, content, scanned = scan_pieces(matcher, lambda _, __: pieces)
    assert not timeouts
    assert (content, scanned) == (len(text), sum(len(piece) for _, piece in pieces))
    assert {(match.rule, match.start, match.end) for match in found} == set(matching(text))
    if text.isascii():
        spans = [(match.start, match.end) for match in found]
        assert [glimpse.span for glimpse in found.values()] == locate(text, spans)

from __future__ import annotations

import random

import pytest

from keyguard.triage.locate import locate


@pytest.mark.parametrize(
    ("content", "start", "end", "span"),
    [
        (b"secret", 0, 6, (1, 1, 1, 7)),
        (b"a\nsecret", 2, 8, (2, 1, 2, 7)),
        (b"a\r\nsecret\r\n", 3, 9, (2, 1, 2, 7)),
        (b"a\r\nb", 0, 4, (1, 1, 2, 2)),
        ("ä€😀=secret".encode(), 10, 16, (1, 5, 1, 11)),
        ("x\nä=sä".encode(), 5, 8, (2, 3, 2, 5)),
        (b"\xff\xfe=secret", 3, 9, (1, 4, 1, 10)),
        (b"\xe2\x82=secret", 3, 9, (1, 3, 1, 9)),
        (b"\0\0\nx", 3, 4, (2, 1, 2, 2)),
        (b"a\n\n\n", 2, 4, (2, 1, 4, 1)),
        (b"abc\n", 4, 4, (2, 1, 2, 1)),
        (b"", 0, 0, (1, 1, 1, 1)),
    ],
)
def test_lines_and_columns(content: bytes, start: int, end: int, span: tuple[int, int, int, int]) -> None:
    assert locate(content, [(start, end)]) == [span]


def test_no_spans() -> None:
    assert not locate(b"abc", [])


def test_many_spans_in_the_order_given() -> None:
    rng = random.Random(5)
    content = "".join(rng.choices("ab\nä😀", k=400)).encode()
    # Places inside a character count as one in it.
    spans = [(start := rng.randrange(len(content)), rng.randint(start, len(content))) for _ in range(60)]
    for (start, end), found in zip(spans, locate(content, spans)):
        assert (found.line, found.end_line) == (content.count(b"\n", 0, start) + 1, content.count(b"\n", 0, end) + 1)
        line = content[content.rfind(b"\n", 0, start) + 1 : start]
        assert found.column == len(line.decode("utf-8", "replace")) + 1

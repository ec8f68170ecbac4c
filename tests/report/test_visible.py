"""Text that is safe to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.report.visible import encodable, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[0mb", r"a\x1b[0mb"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("\u202ex\u2066", r"\u202ex\u2066"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("größe 日本 🔑 \ufffd", "größe 日本 🔑 \ufffd"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_visible_text_is_printable(text: str) -> None:
    assert visible(text).isprintable()


@given(st.text(), st.sampled_from(["ascii", "cp1252", "utf-8"]))
def test_encodable_text_can_be_written(text: str, encoding: str) -> None:
    encodable(visible(text), encoding).encode(encoding)

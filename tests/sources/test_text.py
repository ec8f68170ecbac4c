"""UTF-16 and UTF-32 texts are seen, all else is left alone."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.sources.text import stored_offset, text_view

LATIN = "password = hunter2\r\nnaïve café\r\n"
CODINGS = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]


@pytest.mark.parametrize("seed", range(40))
def test_random_bytes_are_no_text(seed: int) -> None:
    dice = random.Random(seed)
    for size in (2, 3, 6, 10, 16, 40, 200, 1000, 5000):
        content = dice.randbytes(size)
        assert text_view(content) is None
        assert text_view(b"\0" + content) is None
        assert text_view(content.replace(b"\x01", b"\0").replace(b"\x02", b"\0")) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"\0\0",
        b"\0" * 4096,
        b"plain text\n" * 200,
        "naïve café".encode(),
        LATIN.encode("latin-1"),
        b"plain\0with\0separators\0" * 60,
        b"a\0b",
        b"abc\0" * 60,
        b"PATH=/usr/bin:/bin\0HOME=/home/me\0LANG=C.UTF-8\0" * 9,
        b"\0".join(b"%d" % number for number in range(90)),
        b"PK\x03\x04\x14\0\0\0\x08\0" + zlib.compress(b"x" * 400),
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0" + b"\x40\0\0\0\0\0\0\0" * 100,
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0@\0\0\0" + b"\0" * 400,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0" + zlib.compress(bytes(range(256)) * 8),
        b"\xff\xfe\x90\xc4" + bytes(range(256)) * 8,
        struct.pack("<600H", *(number % 256 for number in range(600))),
        struct.pack("<600h", *(random.Random(1).randrange(-3000, 3000) for _ in range(600))),
        struct.pack("<300I", *range(300)),
        struct.pack("<300I", *range(40, 340)),
        struct.pack("<150d", *(number / 7 for number in range(150))),
    ],
    ids=lambda content: content[:12].hex() or "empty",
)
def test_not_text_in_wide_units(content: bytes) -> None:
    assert text_view(content) is None


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("repeat", [1, 200])
@pytest.mark.parametrize(
    "text",
    [
        LATIN,
        "ключ = значение\nпароль: тест\n",
        "密码是一个秘密。一二三\r\n密码 = abc123\r\n",
        "ひらがなだけのながいぶん。key\n",
        "비밀번호는 abc 비밀입니다\n",
        "كلمة السر = abc\r\n",
        "a mix: 鍵 😀 key\n",
    ],
)
def test_texts_are_seen(text: str, coding: str, mark: str, repeat: int) -> None:
    if "😀" in text and coding.startswith("utf-32") and not mark:
        pytest.skip("UTF-32 beyond the first plane is seen by its mark only")
    whole = text * repeat
    assert text_view((mark + whole).encode(coding)) == whole.encode()


def test_a_mark_alone() -> None:
    assert text_view(b"\xff\xfe") == b""


def test_a_mark_tells_what_zeros_do_not() -> None:
    text = "密码是一个秘密" * 10
    assert text_view(("\ufeff" + text).encode("utf-16-be")) == text.encode()


@pytest.mark.parametrize("repeat", [1, 60])
def test_an_odd_byte_at_the_end(repeat: int) -> None:
    view = text_view((LATIN * repeat).encode("utf-16-le") + b"x")
    assert view is not None
    assert view.decode() == LATIN * repeat + "\ufffd"


def test_lone_surrogates() -> None:
    content = (LATIN * 9).encode("utf-16-le") + b"\x00\xd8" + LATIN.encode("utf-16-le")
    view = text_view(content)
    assert view is not None
    assert view.decode() == LATIN * 9 + "\ufffd" + LATIN
    assert stored_offset(content, view, len(view)) == len(content)


def test_a_pair_on_the_edge_of_the_head() -> None:
    text = "a" * 511 + "😀" + "key\n" * 9
    assert text_view(text.encode("utf-16-le")) == text.encode()


@pytest.mark.parametrize("coding", CODINGS)
@given(st.text(st.characters(codec="utf-8", max_codepoint=0x2FF, exclude_categories=["C", "Z"]), max_size=40))
def test_offsets_lead_back(coding: str, inner: str) -> None:
    text = "\ufeff" + LATIN * 3 + inner + "needle 😀"
    content = text.encode(coding)
    view = text_view(content)
    assert view is not None
    start = stored_offset(content, view, view.index(b"needle"))
    assert content[start:].decode(coding) == "needle 😀"


def test_offsets_of_plain_content() -> None:
    assert stored_offset(b"plain", b"plain", 3) == 3

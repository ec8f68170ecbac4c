"""Sees texts that are stored as UTF-16 or UTF-32, and gives them as UTF-8, which the rules are written for."""

from __future__ import annotations

from typing import NamedTuple

_HEAD = 1024
_SHARE = 50  # one unit in this many must be ASCII, and not more than that may be unprintable
_PLAIN = 3
_ASCII = frozenset("\t\n\r" + "".join(map(chr, range(32, 127))))
_PAIRED = frozenset({0, *map(ord, _ASCII)})
_KANA = 0x30  # the first byte of all kana is the digit 0
_SILENT = str.maketrans("", "", "\t\n\r\f\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u3000\ufeff")
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class _Coding(NamedTuple):
    name: str
    mark: int  # bytes of the byte order mark


def text_view(content: bytes) -> bytes | None:
    """The UTF-8 bytes of a text in UTF-16 or UTF-32, without byte order mark, else None.

    Judged by the first KiB. What does not decode becomes U+FFFD, so that every later character is still read.
    """
    coding = _coding(content)
    if coding is None:
        return None
    return content[coding.mark :].decode(coding.name, "replace").encode("utf-8", "replace")


def stored_offset(content: bytes, view: bytes, offset: int) -> int:
    """Where in `content` the byte `view[offset]` of its text view comes from."""
    coding = _coding(content)
    if coding is None:
        return offset
    return coding.mark + len(view[:offset].decode("utf-8", "ignore").encode(coding.name))


def _coding(content: bytes) -> _Coding | None:
    head = content[:_HEAD]
    is_cut = len(content) > _HEAD
    if head[:1] in (b"\xff", b"\xfe", b"\0"):
        for mark, name in _MARKS:
            if head.startswith(mark) and _is_text(head[len(mark) :], name, is_cut=is_cut, has_mark=True):
                return _Coding(name, len(mark))
    if b"\0" not in head:  # nearly every file ends here
        return None
    for name in _likely(head):
        if _is_text(head, name, is_cut=is_cut, has_mark=False):
            return _Coding(name, 0)
    return None


def _likely(head: bytes) -> list[str]:
    """Codings whose pattern of zeros fits, by position within a unit: ASCII leaves the high bytes zero."""
    zeros = [head[start::4].count(0) for start in range(4)]
    quarter = len(head) // 4
    if quarter and min(zeros[2], zeros[3]) == quarter:
        return ["utf-32-le"]
    if quarter and min(zeros[0], zeros[1]) == quarter:
        return ["utf-32-be"]
    # Too few zeros for the ASCII that _is_likely() asks for: compressed data ends here.
    least = max(_PLAIN, len(head) // 2 // _SHARE)
    counted = [(zeros[1] + zeros[3], "utf-16-le"), (zeros[0] + zeros[2], "utf-16-be")]
    return [name for count, name in sorted(counted, reverse=True) if count >= least]


def _is_text(head: bytes, name: str, *, is_cut: bool, has_mark: bool) -> bool:
    """Whether the units are characters that texts hold: hardly any unprintable ones."""
    unit = 4 if name.startswith("utf-32") else 2
    try:
        text = head[: len(head) // unit * unit].decode(name, "surrogatepass")
    except UnicodeDecodeError:
        return False
    bad = sum(not char.isprintable() for char in text.translate(_SILENT))
    if bad > len(text) // _SHARE + is_cut:
        return False
    return has_mark or _is_likely(text)


def _is_likely(text: str) -> bool:
    """Without a byte order mark there must be some ASCII, and no plain text whose bytes make units two by two.

    Plain text with zeros in it (tar, /proc/*/environ) reads as Chinese otherwise.
    """
    plain = sum(char in _ASCII for char in text)
    wide = [divmod(ord(char), 256) for char in text if char not in _ASCII]
    pairs = sum(high in _PAIRED and low in _PAIRED and high != _KANA for high, low in wide)
    swapped = sum(low == 0 for _, low in wide)
    return plain >= max(_PLAIN, len(text) // _SHARE, 2 * swapped) and 4 * pairs <= 3 * len(wide)

"""Shannon entropy and the alphabet a value is written in."""

from __future__ import annotations

from math import log2

_HEX = frozenset(b"0123456789abcdefABCDEF")
_BASE62 = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BASE64 = _BASE62 | frozenset(b"+/=_-")
_SIZES = {"hex": 16, "base62": 62, "base64": 64, "text": 95}


def alphabet(value: bytes) -> str:
    """The smallest of hex, base62, base64 (either form) and text that `value` is written in."""
    used = set(value)
    if used <= _HEX:
        return "hex"
    if used <= _BASE62:
        return "base62"
    return "base64" if used <= _BASE64 else "text"


def shannon(value: bytes) -> float:
    """Bits per character, from the value's own character counts; 0 for an empty value."""
    size = len(value)
    # (Values are short and have few different characters: to count them by Counter takes twice as long.)
    return -sum([count / size * log2(count / size) for count in map(value.count, dict.fromkeys(value))])


def reaches(value: bytes, least: float) -> bool:
    """Whether the entropy is at least `least` bits per character.

    `least` is meant for base64. Fewer letters carry fewer bits (hex at most 4), and so do few characters (n of them
    at most log2(n)), so the demand is scaled to the value's alphabet and capped by its length.
    """
    most = log2(_SIZES[alphabet(value)])
    scaled = least * min(1.0, most / 6.0)
    return shannon(value) >= min(scaled, 0.9 * log2(max(2, len(value))))

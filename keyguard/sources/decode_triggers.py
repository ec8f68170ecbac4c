"""Says where in a text something encoded may stand: patterns for the engine, found at next to no cost.

All are about encoded text in ASCII, which is what a secret is. Base64 of such text shows itself: of each four letters
the first has its top bit clear, the second its third, the third its fifth, because the top bit of each byte is.
"""

from __future__ import annotations

import re
from typing import Final

from keyguard.model.namedtuple import NamedTuple

BASE64, WIDE64, GZIP64, HEX, ESCAPES, PERCENT, JOINED = range(7)
NAMES: Final = ("base64", "base64", "base64", "hex", "escapes", "percent", "pieces")
QUADS: Final = 5
_PAIRS: Final = 14
LONGEST_JOINED: Final = 4096  # bytes of the lines that are joined
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _letters(numbers: list[int]) -> str:
    return "[" + "".join(_ALPHABET[number] for number in numbers) + "]"


# Tab, newline and return, or a printable sign; then the bits that are clear.
_FIRST: Final = _letters([2, 3, *range(8, 32)])
_SECOND: Final = _letters([number for number in range(64) if not number & 0b001000])
_THIRD: Final = _letters([number for number in range(64) if not number & 0b000010])
_BEHIND: Final = f"{_SECOND}{_THIRD}[A-Za-z0-9+/_-]"
_TEXT_QUAD: Final = _FIRST + _BEHIND
TEXT_QUADS: Final = re.compile(rb"(?:%s){%d}" % (_TEXT_QUAD.encode(), QUADS))
_WIDE_QUADS: Final = "[CDI-Za-f][AQgw][AB][A-Za-z0-9+/]A[A-H][A-Za-z0-9+/]A"
# One sign in a pattern of its own costs Hyperscan little; a space, or a set of these, would cost more than all rules.
_LEADS: Final = (r"\n", '"', "'", "=", ">", ":", "`", ",", r"\(", ": ", "= ", "  ", r"\t")
_FREQUENT: Final = (r"\t", '"', r"\(")
_WORDS: Final = r"(?:echo|printf|asic|earer|<<<|base64,) "
LEAD: Final = "|".join((*_LEADS, _WORDS))
_TEXT_PAIR: Final = "(?:[2-7][0-9a-fA-F]|0[9aAdD])"
TEXT_PAIRS: Final = f"{_TEXT_PAIR}{{{_PAIRS}}}"
_NAMES: Final = "(?i:passw|secret|token|api.?key|auth|pwd|credential)"
# A name, what gives it a value, a literal, and what leads on to the next one.
_NAMED: Final = rf"""{_NAMES}[A-Za-z0-9_.\[\]"'-]{{0,20}}(?::[ ]?[A-Za-z]{{1,12}})?[ \t]{{0,3}}"""
_LITERAL: Final = r"""[bfruLU@$]{0,2}(?:"[^"\n]{1,80}"|'[^'\n]{1,80}'|`[^`\n]{1,80}`)[ \t]{0,3}"""
_ON: Final = r"""(?:(?:\+|\.\.?|&|~|\|\||\\)[ \t]{0,3}(?:[bfruLU@$]{0,2}["'`]|_?\r?(?m:$))|[ \t]["'])"""
_GIVEN: Final = r"(?:[:=]>?|:=|[(, \t])[ \t(]{0,4}"


def _led(lead: str) -> str:
    """Quads right behind a sign. Of a frequent one, an alternative for each letter that they begin with: two bytes
    together are rarer, and Hyperscan stops at fewer places."""
    firsts = _FIRST[1:-1] if lead in _FREQUENT else (_FIRST,)
    return "|".join(f"{lead}{first}{_BEHIND}(?:{_TEXT_QUAD}){{{QUADS - 1}}}" for first in firsts)


def _pairs() -> str:
    """TEXT_PAIRS, with an alternative for each pair that may be in the middle: else Hyperscan looks at every byte."""
    pairs = [f"{high}{low}" for high in "234567" for low in "0123456789abcdefABCDEF"]
    side = f"{_TEXT_PAIR}{{{_PAIRS // 2 - 1}}}"
    return "|".join(f"{side}{pair}{side}{_TEXT_PAIR}" for pair in (*pairs, "09", "0a", "0A", "0d", "0D"))


class Reach(NamedTuple):
    """How far one looks around a place, in bytes of encoded text.

    A secret stands if what its rule looks at begins at most `back` before the line of encoded text that the secret
    begins on, and ends at most `ahead` after that line's start.
    """

    back: int
    ahead: int


class Trigger(NamedTuple):
    """`pattern` ends where the decoder is to look. `lead` must stand right before it, and is so frequent that no engine
    should look for it. With that a match takes at most `width` bytes."""

    coding: int
    pattern: str
    width: int
    lead: str = ""


TRIGGERS: Final = (
    *(Trigger(BASE64, _led(lead), 4 * QUADS + 2) for lead in _LEADS),
    Trigger(BASE64, f"{_WORDS}(?:{_TEXT_QUAD}){{{QUADS}}}", 4 * QUADS + 8),
    Trigger(WIDE64, f"(?:{_WIDE_QUADS}){{5}}", 40),
    Trigger(GZIP64, "H4sIA", 5),
    Trigger(HEX, _pairs(), 2 * _PAIRS),
    Trigger(ESCAPES, r"\\u00[2-7][0-9a-fA-F]", 6),
    Trigger(ESCAPES, r"(?:\\x[2-7][0-9a-fA-F]){4}", 16),
    Trigger(ESCAPES, rf"""{_NAMES}[\w.-]{{0,20}}[\\"']{{0,3}}[ \t]{{0,3}}[:=][ \t]{{0,3}}\\["']""", 48),
    Trigger(PERCENT, "(?i:%3a%2f%2f)", 9),
    Trigger(PERCENT, rf"{_NAMES}[\w.-]{{0,20}}%(?:22|27|3[aAdD])", 36),
    Trigger(PERCENT, "[A-Za-z0-9+]{8}%2[BbFf]", 11),
    Trigger(PERCENT, "(?:%[2-7][0-9a-fA-F]){4}", 12),
    Trigger(JOINED, f"{_NAMED}{_GIVEN}{_LITERAL}{_ON}", 148),
    Trigger(JOINED, rf"{_NAMED}(?:[=:][ \t]{{0,3}})?\([ \t]{{0,3}}(?:{_LITERAL})?\r?(?m:$)", 143),
    Trigger(JOINED, rf"{_NAMED}:?=[ \t]{{0,3}}\r?(?m:$)", 53),
    Trigger(JOINED, rf"{_NAMED}=[ \t]{{0,3}}{_LITERAL}\r?(?m:$)", 185, r"(?:char|CHAR|[Ss]tring)[^\n=\"']{0,40}"),
    Trigger(JOINED, rf"""{_NAMED}[:=]>?[ \t]{{0,3}}["']?[^"'\s\\]{{3,80}}\\\r?(?m:$)""", 135),
)

# The triggers that need something before them, with it, by number. (Compiled where it is used: few texts hold one.)
LED: Final = {
    number: (trigger.lead + trigger.pattern).encode() for number, trigger in enumerate(TRIGGERS) if trigger.lead
}

# By depth. What is found within decoded text depends on twice as much of it as is listed here for its depth; encoded
# (a third longer), that must be less than what may be looked at one level up.
_REACHES: Final = (Reach(6 << 10, 32 << 10), Reach(2 << 10, 12 << 10), Reach(640, 4 << 10))
DEEPEST: Final = len(_REACHES)


def reach_at(depth: int) -> Reach:
    """How far one looks around a trigger in a text that took `depth` steps to decode."""
    return _REACHES[depth]

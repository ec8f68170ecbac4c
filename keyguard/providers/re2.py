"""Turns patterns in Go's RE2 syntax into those of Python, over bytes: scoped flags, ASCII classes, bounded repeats.

Syntax: https://github.com/google/re2/wiki/Syntax. What differs and cannot be expressed raises RuleError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from keyguard.errors import RuleError

# RE2's \s has no vertical tab; Python's has.
_CLASSES: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r\x20"}
_NEGATED: Final = {"D": r"\x00-/:-\xff", "W": r"\x00-/:-@\[-\^`{-\xff", "S": r"\x00-\x08\x0b\x0e-\x1f!-\xff"}
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t\x20",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": r"\x20-~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r\x20",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_SIMPLE: Final = frozenset("abfnrtv")
_FLAGS: Final = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED: Final = re.compile(r"\(\?P?<([A-Za-z_]\w*)>")
_HEX: Final = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_COUNT: Final = re.compile(r"\{(\d+)(,?)(\d*)\}")
_POSIX_NAME: Final = re.compile(r"\[:(\^?)([a-z]+):\]")
_MOST_SECRETS: Final = 9


class Translated(NamedTuple):
    """A pattern with the groups that hold the secret named `secret`, `secret2` and so on; `notes` say what differs."""

    pattern: str
    notes: tuple[str, ...]


def translate(pattern: str, group: int = 0, *, bound: int = 0) -> Translated:
    """The same pattern for Python. `group` is the number of the group with the secret; 0: the first that matches.

    With a `bound`, repeats without an end get one: `bound` copies of one character, a 32nd of that of anything longer.
    """
    reader = _Reader(pattern, group, bound)
    text = "".join(reader.run())
    if group > reader.groups:
        raise RuleError(f"secretGroup is {group}, and the pattern has {reader.groups} groups")
    return Translated(text, tuple(dict.fromkeys(reader.notes)))


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str, group: int, bound: int) -> None:
        self._pattern, self._group, self._bound = pattern, group, bound
        self._at = 0
        # For each open group the flag groups that were opened inside it, and whether the last item was one character.
        self._scopes: list[list[str]] = [[]]
        self._single = False
        self.groups = 0
        self.notes: list[str] = []

    def run(self) -> Iterator[str]:
        while self._at < len(self._pattern):
            yield self._next()
        if len(self._scopes) > 1:
            raise RuleError("a group that is not closed")
        yield ")" * len(self._scopes[0])

    def _next(self) -> str:
        char = self._pattern[self._at]
        if char == "(":
            return self._open()
        if char == ")":
            return self._close()
        if char == "|":
            self._at += 1
            inside = self._scopes[-1]
            return ")" * len(inside) + "|" + "".join(inside)
        if char in "*+?{" and (repeat := self._repeat()):
            return repeat
        self._single = True
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._charset()
        self._at += 1
        if char in "^$":
            return self._anchor(char)
        return char if char == "." else _literal(char)

    def _open(self) -> str:
        flags = _FLAGS.match(self._pattern, self._at)
        if flags:
            return self._flagged(flags)
        named = _NAMED.match(self._pattern, self._at)
        if not named and self._pattern.startswith("(?", self._at):
            raise RuleError("a group that RE2 does not have")
        self._at = named.end() if named else self._at + 1
        self.groups += 1
        self._scopes.append([])
        return self._group_head()

    def _group_head(self) -> str:
        if self._group:
            return "(?P<secret>" if self.groups == self._group else "(?:"
        if self.groups > _MOST_SECRETS:
            self.notes.append(f"groups after the {_MOST_SECRETS}th are not taken for the secret")
            return "(?:"
        return "(?P<secret>" if self.groups == 1 else f"(?P<secret{self.groups}>"

    def _flagged(self, found: re.Match[str]) -> str:
        on, off, end = found[1], found[2] or "", found[3]
        if "U" in on + off:
            raise RuleError("the flag U (lazy repeats) is not taken")
        self._at = found.end()
        head = f"(?{on}{'-' + off if off else ''}:" if on or off else "(?:"
        if end == ")":
            self._scopes[-1].append(head)
        else:
            self._scopes.append([])
        return head

    def _close(self) -> str:
        if len(self._scopes) == 1:
            raise RuleError("a bracket that closes nothing")
        self._at += 1
        self._single = False
        return ")" * len(self._scopes.pop()) + ")"

    def _repeat(self) -> str:
        """What stands for a repeat; "" where the brace is a literal one."""
        char = self._pattern[self._at]
        low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(char, (0, 0))
        end = self._at + 1
        if char == "{":
            count = _COUNT.match(self._pattern, self._at)
            if not count:
                return ""
            low, end = int(count[1]), count.end()
            high = int(count[3]) if count[3] else (None if count[2] else low)
        lazy = "?" if self._pattern.startswith("?", end) else ""
        self._at = end + len(lazy)
        if high is None and self._bound:
            most = self._bound if self._single else max(1, self._bound // 32)
            high = max(low, most)
            self.notes.append("repeats without an end have one")
        self._single = False
        if (low, high) == (0, 1):
            return "?" + lazy
        if high is None:
            return {0: "*", 1: "+"}.get(low, f"{{{low},}}") + lazy
        return (f"{{{low}}}" if low == high else f"{{{low},{high}}}") + lazy

    def _anchor(self, char: str) -> str:
        alone = self._pattern[self._at - 2 : self._at - 1] == "|" and self._pattern[self._at : self._at + 1] in (
            "",
            ")",
        )
        if self._bound and not alone:
            self.notes.append(
                f"{char} holds at each line, not only at the {'start' if char == '^' else 'end'} of a text"
            )
        if not self._bound:
            return char if char == "^" else r"\Z"
        return f"(?m:{char})"

    def _escape(self) -> str:
        char = self._pattern[self._at + 1 : self._at + 2]
        if not char:
            raise RuleError("a backslash at the end")
        if char == "x":
            return _literal(chr(self._hex()))
        if char == "Q":
            end = self._pattern.find(r"\E", self._at)
            text = self._pattern[self._at + 2 : end if end >= 0 else None]
            self._at = end + 2 if end >= 0 else len(self._pattern)
            return "".join(map(_literal, text))
        self._at += 2
        if char in _CLASSES:
            return f"[{_CLASSES[char]}]"
        if char in _NEGATED:
            return f"[{_NEGATED[char]}]"
        if char in "bB" or char in _SIMPLE:
            return "\\x07" if char == "a" else f"\\{char}"
        if char in "Az":
            return self._anchor("^" if char == "A" else "$")
        return self._octal_or_plain(char)

    def _octal_or_plain(self, char: str) -> str:
        if char.isdigit():
            digits = re.compile(r"[0-7]{1,3}").match(self._pattern, self._at - 1)
            if char != "0" or not digits:
                raise RuleError(f"\\{char} is not RE2")
            self._at = digits.end()
            return _literal(chr(int(digits[0], 8)))
        if char in "pPC":
            raise RuleError(f"\\{char} (Unicode classes and bytes) is not taken")
        if char.isalpha():
            raise RuleError(f"\\{char} is not RE2")
        return _literal(char)

    def _hex(self) -> int:
        found = _HEX.match(self._pattern, self._at)
        if not found:
            raise RuleError(r"\x without hex digits")
        self._at = found.end()
        return int(found[1] or found[2], 16)

    def _charset(self) -> str:
        self._at += 1
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        out: list[str] = []
        first = True
        while first or not self._pattern.startswith("]", self._at):
            if self._at >= len(self._pattern):
                raise RuleError("a set of characters that is not closed")
            out.append(self._member(first=first))
            first = False
        self._at += 1
        return f"[{'^' if negated else ''}{''.join(out)}]"

    def _member(self, *, first: bool) -> str:
        posix = _POSIX_NAME.match(self._pattern, self._at)
        if posix:
            if posix[1] or posix[2] not in _POSIX:
                raise RuleError(f"{posix[0]} is not taken")
            self._at = posix.end()
            return _POSIX[posix[2]]
        char = self._pattern[self._at]
        if char != "\\":
            self._at += 1
            return self._in_set(char, dash=first or self._pattern.startswith("]", self._at))
        escaped = self._pattern[self._at + 1 : self._at + 2]
        if escaped == "x":
            return self._in_set(chr(self._hex()), dash=True)
        self._at += 2
        if escaped in _CLASSES or escaped in _NEGATED:
            return _CLASSES.get(escaped) or _NEGATED[escaped]
        if escaped in _SIMPLE - {"b"}:
            return "\\x07" if escaped == "a" else f"\\{escaped}"
        if not escaped or escaped.isalnum():
            raise RuleError(f"\\{escaped} in a set is not taken")
        return self._in_set(escaped, dash=True)

    def _in_set(self, char: str, *, dash: bool) -> str:
        """One member; a dash that is none of a range is escaped."""
        if ord(char) > 0x7F:
            self.notes.append("of a set, characters that are not ASCII are taken byte by byte")
            return "".join(f"\\x{byte:02x}" for byte in char.encode())
        if char == "-" and not dash:
            return "-"
        return _literal(char)


def _literal(char: str) -> str:
    if ord(char) > 0x7F:
        return "(?:" + "".join(f"\\x{byte:02x}" for byte in char.encode()) + ")"
    return char if char.isalnum() or char in "_ " else f"\\x{ord(char):02x}" if ord(char) < 0x20 else re.escape(char)

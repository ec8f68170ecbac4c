"""One candidate taken apart: its value, the name it was given to, its line, and the lines around."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(rb"[A-Za-z_$@][A-Za-z0-9_$.-]*")
_CAMEL = re.compile(rb"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LOOK = 200
_NEAR = 500
_OPENED = frozenset(("generic-listed-below", "generic-variable-default"))
_OPENINGS = (b"[\n", b"{\n", b"(\n", b":\n", b"[\r", b"{\r", b"(\r", b":\r")
_FOLDERS = 4  # what lies further up says where a project was put, not what it is


class Scene(NamedTuple):
    """All in bytes. `before` and `after`: the rest of the value's line, cut to what matters; `above` and `below`: the
    lines around; `name`: the identifier that promises a secret."""

    rule: str
    kind: str
    path: bytes
    value: bytes
    name: bytes
    before: bytes
    after: bytes
    above: bytes
    below: bytes


def make_scene(rule: str, kind: str, path: bytes, text: bytes, start: int, end: int) -> Scene:
    """The scene of the value at `start` to `end` of a text."""
    floor = max(0, start - _NEAR)
    line_start = text.rfind(b"\n", floor, start) + 1 or floor
    newline = text.find(b"\n", end, end + _NEAR)
    line_end = newline if newline >= 0 else min(len(text), end + _NEAR)
    before = text[max(line_start, start - _LOOK) : start]
    above = text[floor : max(floor, line_start - 1)]
    name = _name_in(before) or _name_in(_line_above(above, is_opened=rule in _OPENED))
    return Scene(
        rule,
        kind,
        b"/".join(path.lower().rsplit(b"/", _FOLDERS)[-_FOLDERS:]),
        text[start:end],
        name,
        before,
        text[end : min(line_end, end + _LOOK)],
        above,
        text[line_end + 1 : end + _NEAR],
    )


_PROMISE = re.compile(  # in small letters, which are found faster than either case
    rb"pass|pw|secret|token|credential|cred|key|auth|bearer|basic|signature|nonce|salt|licen|sid|pin|otp|identified"
)


def name_on_line(before: bytes, *, is_cut: bool) -> bytes | None:
    """The name of a value as `make_scene` finds it, by what stands before the value on its line (all, or with `is_cut`
    an end of it); None where that does not tell."""
    before = before[-_LOOK:]
    name = _name_in(before)
    return None if not name or (is_cut and before.startswith(name)) else name


def _line_above(above: bytes, *, is_opened: bool) -> bytes:
    """The line that may name a value for which its own does not: the one before it, or the last that opens a block."""
    if is_opened:
        above = above[: max(0, *((above + b"\n").rfind(end) for end in _OPENINGS))]
    return above[-_LOOK:].rpartition(b"\n")[2]


def words_of(name: bytes) -> tuple[bytes, ...]:
    """The words of an identifier, in small letters."""
    return tuple([word.lower() for word in _CAMEL.findall(name)])


def _name_in(before: bytes) -> bytes:
    """The last identifier before the value that holds a promising word."""
    for name in reversed(_NAME.findall(before)):
        if _PROMISE.search(name.lower()):
            return bytes(name[-64:])
    return b""

"""Expands the templates of examples and rejects, so that no live-looking key stands in a rule file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from keyguard.errors import RuleError
from keyguard.providers.sample import make_sample, seeded
from keyguard.providers.syntax import Copy, Node, Zero, children, parse

_KINDS = ("secret", "any")


class Expanded(NamedTuple):
    """A text made from a template, and the parts of it that are expected to be found, in order."""

    text: bytes
    secrets: tuple[bytes, ...]


class _Part(NamedTuple):
    """A piece of a template: literal text (`kind` is ""), or a pattern to expand."""

    kind: str
    text: str


def expand(template: str, seed: int) -> Expanded:
    """Put random strings, the same for the same seed, for `{secret:REGEX}` and `{any:REGEX}`; `{{` and `}}` are braces.

    Braces inside REGEX come in pairs, or behind a backslash.
    """
    rng = seeded(f"{seed}:{template}")
    text, secrets = bytearray(), []
    for part in _parts(template):
        made = make_sample(_tree(part.text), rng) if part.kind else part.text.encode()
        text += made
        if part.kind == "secret":
            secrets.append(made)
    return Expanded(bytes(text), tuple(secrets))


def _parts(template: str) -> Iterator[_Part]:
    place = 0
    while place < len(template):
        if template[place : place + 2] in ("{{", "}}"):
            yield _Part("", template[place])
            place += 2
        elif template[place] == "{":
            end = _closing(template, place)
            yield _field(template[place + 1 : end])
            place = end + 1
        elif template[place] == "}":
            raise RuleError(f"a single '}}' at character {place + 1}, expected '}}}}'")
        else:
            yield _Part("", template[place])
            place += 1


def _closing(template: str, start: int) -> int:
    """Where the brace that opens at `start` closes."""
    depth, place = 0, start
    while place < len(template):
        if template[place] == "\\":
            place += 1
        elif template[place] in "{}":
            depth += 1 if template[place] == "{" else -1
            if not depth:
                return place
        place += 1
    raise RuleError(f"the '{{' at character {start + 1} is not closed, expected '}}' (or '{{{{' for the brace itself)")


def _field(inside: str) -> _Part:
    kind, colon, pattern = inside.partition(":")
    if kind not in _KINDS or not colon or not pattern:
        raise RuleError(f"{{{inside}}}, expected {{secret:REGEX}} or {{any:REGEX}} (or '{{{{' for the brace itself)")
    return _Part(kind, pattern)


@lru_cache(maxsize=256)
def _tree(pattern: str) -> Node:
    node = parse(pattern).node
    _refuse(node)
    return node


def _refuse(node: Node) -> None:
    if isinstance(node, (Zero, Copy)):
        raise RuleError("lookarounds, anchors and back references cannot be expanded, expected a pattern without them")
    for child in children(node):
        _refuse(child)

"""Texts with `{named}` parts: which parts a text names, and the text with values in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from keyguard.errors import RuleError

_MARK = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_.]*)\}|[{}]")


def names_in(value: Any) -> frozenset[str]:
    """The names in a text, or in all texts of a nested table or list."""
    return frozenset(_names(value))


def fill_text(template: str, get: Callable[[str], str]) -> str:
    """`template` with `get(name)` in place of each `{name}`, and `{{`, `}}` as braces."""

    def place(match: re.Match[str]) -> str:
        if match[1]:
            return get(match[1])
        return match[0][0]

    return _MARK.sub(place, template)


def fill_nested(value: Any, get: Callable[[str], str]) -> Any:
    """The same for all texts of a nested table or list; keys stay as they are."""
    if isinstance(value, str):
        return fill_text(value, get)
    if isinstance(value, dict):
        return {key: fill_nested(each, get) for key, each in value.items()}
    if isinstance(value, list):
        return [fill_nested(each, get) for each in value]
    return value


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        for match in _MARK.finditer(value):
            if match[0] in "{}":
                raise RuleError(f"a single {match[0]!r}, expected {{name}}, or it twice for the sign itself")
            if match[1]:
                yield match[1]
    elif isinstance(value, dict):
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)

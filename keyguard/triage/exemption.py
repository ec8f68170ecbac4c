"""Decides whether an exemption (a table of the configuration, an allowlist of a rule file) covers a match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from keyguard.model import Rule
from keyguard.model.silence import Allowance, Exemption
from keyguard.triage.globs import gitignore

_SECONDS = 2.0


class Place(NamedTuple):
    """A match as an exemption sees it. `whole` gives all that the pattern matched; it is asked for seldom."""

    rule: str
    provider: str
    path: bytes
    commit: str
    value: bytes
    line: bytes
    whole: Callable[[], bytes]


def exempt(exemptions: Sequence[Exemption], place: Place) -> Allowance | None:
    """The first exemption that covers the match."""
    for exemption in exemptions:
        if _covers(exemption, place):
            return Allowance(exemption.by, exemption.where, exemption.reason)
    return None


def holds(rule: Rule, path: bytes, text: bytes) -> bool:
    """Whether the conditions of a rule are met that are not in its pattern: the path, and a keyword in the text."""
    if rule.path and not _found((rule.path,), path):
        return False
    if not rule.keywords:
        return True
    lowered = text.lower()
    return any(word.encode() in lowered for word in rule.keywords)


def _covers(exemption: Exemption, place: Place) -> bool:
    if exemption.rules and not {place.rule, place.provider}.intersection(exemption.rules):
        return False
    held = _conditions(exemption, place)
    first = next(held, None)
    if first is None:
        return bool(exemption.rules)  # a table that names rules only allows all they find
    return first and all(held) if exemption.every else first or any(held)


def _conditions(exemption: Exemption, place: Place) -> Iterator[bool]:
    """One truth for each list that has members, the cheap ones first."""
    if exemption.commits:
        yield place.commit in exemption.commits
    if exemption.stopwords:
        lowered = place.value.decode("utf-8", "replace").lower()
        yield any(word in lowered for word in exemption.stopwords)
    if exemption.globs:
        yield any(_glob(glob).match(place.path) for glob in exemption.globs)
    if exemption.paths:
        # A place without a path (a message, standard input) is in no folder.
        yield bool(place.path) and _found(exemption.paths, place.path)
    if exemption.values:
        yield _found(exemption.values, place.value)
    if exemption.lines:
        yield _found(exemption.lines, place.line)
    if exemption.matches:
        yield _found(exemption.matches, place.whole())


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[bytes]:
    return gitignore(pattern)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Any:
    """A pattern over bytes, ready to run. ValueError where it is none."""
    import regex

    try:
        return regex.compile(pattern.encode())
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None


def _found(patterns: Sequence[str], text: bytes) -> bool:
    """A pattern that takes too long has not matched: the finding stays."""
    for pattern in patterns:
        try:
            if compile_pattern(pattern).search(text, timeout=_SECONDS, concurrent=False):
                return True
        except TimeoutError:
            continue
    return False

"""What a provider file says: the provider and its detection rules."""

from __future__ import annotations

from typing import NamedTuple

from keyguard.model.grade import Confidence, Severity


class Rule(NamedTuple):
    """One detection rule, ready to run. Patterns are `re`/`regex` syntax over bytes, boundaries included.

    `width` is the most bytes that a match of the trigger can take; `span` the most that a match of the pattern and its
    lookaheads can.
    `reach` is how many bytes before and after a hit the confirmation may read across lines; 0 means that the
    match lies on one line (rules of reach 0 are the cheap ones). `entropy` is in bits per character.
    """

    id: str
    provider: str
    title: str
    severity: Severity
    confidence: Confidence
    pattern: str
    trigger: str
    width: int
    span: int
    reach: int
    entropy: float
    checksum: str
    generic: bool
    advice: str


class Provider(NamedTuple):
    """One provider file. `rules` are its rule ids."""

    id: str
    name: str
    category: str
    hosts: tuple[str, ...]
    console: str
    docs: str
    source: str
    verified: str
    rules: tuple[str, ...]

"""Finds the triggers of all rules in a text, with Hyperscan where there is a wheel, else with `re`."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Protocol

from keyguard.errors import KeyguardError
from keyguard.model import Hits, Rule

CHOICES = ("auto", "hyperscan", "portable")


class Engine(Protocol):
    """Reports ends of matches of the triggers: for each match its own, or that of one which overlaps it and begins no
    later."""

    name: str

    def scan(self, text: bytes) -> Hits: ...


def open_engine(
    rules: Sequence[Rule],
    *,
    cache: str | PathLike[str] | None = None,
    choice: str = "auto",
    seekers: Sequence[Rule] = (),
) -> Engine:
    """The engine for these rules; a rule's number in `Hits` is its place in `rules`, seekers after them.

    `seekers` are triggers that tell what is encoded; the portable engine leaves them out.

    `cache` is the folder for the compiled database. Raises KeyguardError where Hyperscan was asked for and is missing.
    """
    if choice != "portable":
        try:
            from keyguard.engine.vector import VectorEngine
        except ImportError:
            if choice == "hyperscan":
                raise KeyguardError("Hyperscan is not installed here", "pip install hyperscan") from None
        else:
            return VectorEngine((*rules, *seekers), cache)
    from keyguard.engine.portable import PortableEngine

    return PortableEngine(rules)

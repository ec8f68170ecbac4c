"""Reads the command line of a plain scan. Click reads all others, and takes 20 ms to import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.commands.wishes import Wishes

_FLAGS: Final = {
    "-q": "quiet",
    "--quiet": "quiet",
    "-v": "verbose",
    "--verbose": "verbose",
    "--history": "history",
    "--staged": "staged",
    "--pre-push": "pre_push",
    "--pre-receive": "pre_receive",
    "--show-secrets": "show_secrets",
}
_VALUED: Final = {
    "-f": "format",
    "--format": "format",
    "-o": "output",
    "--output": "output",
    "-j": "jobs",
    "--jobs": "jobs",
    "--config": "config",
    "--commit-msg": "commit_msg",
    "--min-confidence": "min_confidence",
}
_LISTS: Final = frozenset({"targets", "format", "output"})


def read_plainly(arguments: Sequence[str]) -> Wishes | None:
    """What is asked for, where these are paths and well-known options of a scan with right values; else None."""
    if not arguments or arguments[0] != "scan" or "_KEYGUARD_COMPLETE" in os.environ:
        return None
    from keyguard.commands.wishes import Wishes

    given: dict[str, Any] = {}
    words = iter(arguments[1:])
    for word in words:
        if word in _FLAGS:
            given[_FLAGS[word]] = True
            continue
        name, value = ("targets", word) if word == "-" or not word.startswith("-") else _valued(word, words)
        value = _checked(name, value)
        if value is None:
            return None
        given[name] = (*given.get(name, ()), value) if name in _LISTS else value
    return Wishes(**given)


def _valued(word: str, words: Iterator[str]) -> tuple[str, str]:
    """What an option sets, and to what; an empty name for one that is not known here."""
    option, is_joined, value = word.partition("=")
    if not is_joined:
        value = next(words, "-")
        # What looks like an option is not taken for a value.
        return ("", "") if value.startswith("-") else (_VALUED.get(word, ""), value)
    return _VALUED.get(option, "") if option.startswith("--") else "", value


def _checked(name: str, value: str) -> Any:
    """The value as it is meant; None where it is wrong, or nothing has that name."""
    from keyguard.commands.config import CONFIDENCES
    from keyguard.commands.output import FORMATS

    if name == "jobs":
        return int(value) if value.isascii() and value.isdigit() else None
    allowed = {"": (), "format": FORMATS, "min_confidence": CONFIDENCES}.get(name)
    return value if allowed is None or value in allowed else None

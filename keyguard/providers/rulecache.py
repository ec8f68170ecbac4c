"""Keeps loaded rules from one start to the next, as Python keeps its compiled modules: what changed is read again."""

from __future__ import annotations

import marshal
import os
import sys
from typing import TYPE_CHECKING, Any
from zlib import crc32

from keyguard.model.grade import Confidence, Severity
from keyguard.model.rule import Provider, Rule, RuleSet
from keyguard.state.cache import read_made, write_made
from keyguard.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import DirEntry, PathLike

_FORMAT = 2
_SEVERITIES = {int(grade): grade for grade in Severity}
_CONFIDENCES = {int(grade): grade for grade in Confidence}


class RuleCache:
    """The place in folder `cache` for the rules of the provider files in `builtin` and of a person's `own` files.

    Sets of files have places of their own, so that two of them do not push each other out. Where nothing can be kept,
    that only costs time.
    """

    def __init__(self, cache: str | PathLike[str], builtin: str, own: Sequence[str | PathLike[str]]) -> None:
        names = [builtin, *(os.fspath(path) for path in own)]
        digest = crc32(os.pathsep.join(names).encode("utf-8", "surrogateescape"))
        self._place = os.path.join(cache, f"rules-{digest:08x}.{sys.implementation.cache_tag}")
        self._builtin, self._own = builtin, own

    def read(self) -> RuleSet | None:
        """None for whatever reason what is kept is of no use."""
        packed = read_made(self._place, self._key())
        if packed is None:
            return None
        providers, rules, exemptions, notes = marshal.loads(packed)  # noqa: S302 - our own file, and undamaged
        try:
            return RuleSet(
                tuple(map(Provider._make, providers)), tuple(map(_rule, rules)), _exemptions(exemptions), notes
            )
        except TypeError:
            return None  # nouns that have changed while their version has not

    def write(self, rules: RuleSet) -> None:
        rows = [tuple(map(tuple, each)) for each in (rules.providers, map(_row, rules.rules), rules.exemptions)]
        write_made(self._place, self._key(), marshal.dumps((*rows, rules.notes)))

    def _key(self) -> bytes:
        """What the outcome depends on: the provider files, the code that reads them, and the versions."""
        code = tuple(_stats(os.path.dirname(__file__), ".py"))
        own = tuple((os.fspath(path), *_stat(path)) for path in self._own)
        return repr((_FORMAT, VERSION, code, tuple(_stats(self._builtin, ".toml")), own)).encode("utf-8", "replace")


def _stats(folder: str, suffix: str) -> Iterator[tuple[str, int, int]]:
    """Name, size and time of each file in a folder, by name."""
    with os.scandir(folder) as entries:
        files = sorted((entry for entry in entries if entry.name.endswith(suffix)), key=_name)
    return ((entry.name, *_stat(entry)) for entry in files)


def _name(entry: DirEntry[str]) -> str:
    return entry.name


def _stat(path: str | PathLike[str]) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return (-1, -1)
    return status.st_size, status.st_mtime_ns


def _row(rule: Rule) -> tuple[Any, ...]:
    """A rule as plain values."""
    return (*rule[:3], int(rule.severity), int(rule.confidence), *rule[5:])


def _rule(row: tuple[Any, ...]) -> Rule:
    return Rule._make((*row[:3], _SEVERITIES[row[3]], _CONFIDENCES[row[4]], *row[5:]))


def _exemptions(rows: tuple[tuple[Any, ...], ...]) -> tuple[Any, ...]:
    """A person's rule files alone bring any."""
    if not rows:
        return ()
    from keyguard.model.silence import Exemption

    return tuple(map(Exemption._make, rows))

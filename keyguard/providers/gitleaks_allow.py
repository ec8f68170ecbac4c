"""The allowlists of a gitleaks rule file, as exemptions.

The format: https://github.com/gitleaks/gitleaks#configuration
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from keyguard.errors import RuleError
from keyguard.model.silence import Exemption
from keyguard.providers.re2 import translate

_ALLOW: Final = frozenset(
    {"id", "description", "condition", "commits", "paths", "regexTarget", "regexes", "stopwords", "targetRules"}
)


class Notes:
    """Gathers what could not be carried over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines: list[str] = []

    def add(self, text: str) -> None:
        self.lines.append(f"{self._path}: {text}")


def raw_allowlists(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Both forms: one [allowlist] (before 8.21) and [[allowlists]]."""
    lists = table.get("allowlists", [])
    single = table.get("allowlist", {})
    if not isinstance(lists, list) or not isinstance(single, dict):
        raise RuleError("allowlists: expected tables of the form [[allowlists]]")
    return [*([single] if single else []), *lists]


def global_allowlists(path: Path, data: Mapping[str, Any], ids: Mapping[str, str], notes: Notes) -> list[Exemption]:
    found: list[Exemption] = []
    for number, table in enumerate(raw_allowlists(data), 1):
        where = f"{path}: allowlist {number}"
        targets = [str(each) for each in table.get("targetRules", [])]
        missing = [each for each in targets if each not in ids]
        if missing:
            notes.add(f"allowlist {number}: not carried over for {', '.join(missing)}, which is no rule of this file")
        if targets and len(missing) == len(targets):
            continue
        own = tuple(ids[each] for each in targets if each in ids)
        found += _allowlist(where, table, own, notes)
    return found


def rule_allowlists(where: str, table: Mapping[str, Any], rules: tuple[str, ...], notes: Notes) -> Iterator[Exemption]:
    for number, each in enumerate(raw_allowlists(table), 1):
        yield from _allowlist(f"{where}, allowlist {number}", each, rules, notes)


def _allowlist(where: str, table: Mapping[str, Any], rules: tuple[str, ...], notes: Notes) -> Iterator[Exemption]:
    for key in sorted(table.keys() - _ALLOW):
        notes.add(f"{where}: {key!r} is not carried over")
    condition = str(table.get("condition", "OR")).upper()
    if condition not in ("AND", "&&", "OR", "||"):
        raise RuleError(f"{where}: condition = {table['condition']!r}, expected AND or OR")
    target = table.get("regexTarget", "")
    if target not in ("", "secret", "match", "line"):
        raise RuleError(f"{where}: regexTarget = {target!r}, expected secret, match or line")
    regexes = _patterns(where, table, "regexes")
    exemption = Exemption(
        by="rules",
        where=where,
        reason=str(table.get("description", "")),
        every=condition in ("AND", "&&"),
        rules=rules,
        paths=_patterns(where, table, "paths"),
        commits=tuple(str(each).lower() for each in table.get("commits", [])),
        values=regexes if target in ("", "secret") else (),
        matches=regexes if target == "match" else (),
        lines=regexes if target == "line" else (),
        stopwords=tuple(str(each).lower() for each in table.get("stopwords", [])),
    )
    if exemption.paths or exemption.commits or regexes or exemption.stopwords:
        yield exemption
    else:
        notes.add(f"{where}: names nothing to allow")


def _patterns(where: str, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found: list[str] = []
    for pattern in table.get(key, []):
        try:
            found.append(_groupless(translate(str(pattern)).pattern))
        except RuleError as error:
            raise RuleError(f"{where}: {key}: {pattern!r}: {error}") from None
    return tuple(found)


def _groupless(pattern: str) -> str:
    return re.sub(r"\(\?P<secret\d?>", "(?:", pattern)

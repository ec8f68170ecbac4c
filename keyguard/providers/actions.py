"""Opens a provider file for what it can do: the tables beside the rules, each checked against a closed vocabulary."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.providers.loader import builtin_file
from keyguard.providers.schema import Source

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class ActionFile(NamedTuple):
    """A provider file: its text, its provider's id, hosts and rule ids, and all its tables as parsed."""

    source: Source
    provider: str
    name: str
    hosts: tuple[str, ...]
    rules: tuple[str, ...]
    tables: Mapping[str, Any]


def open_file(path: Path) -> ActionFile:
    """RuleError where it cannot be read; the rules themselves are checked by `read_provider`, not here."""
    try:
        text = path.read_bytes().decode("utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror or error}", hint="name a readable .toml file") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path}: not TOML in UTF-8: {error}") from None
    head = tables.get("provider")
    if not isinstance(head, dict):
        raise RuleError(f"{path}: no [provider], expected one table of that name")
    rules = tuple(str(rule.get("id", "")) for rule in tables.get("rule", []) if isinstance(rule, dict))
    hosts = tuple(str(host) for host in head.get("hosts", []))
    identity = str(head.get("id", path.stem))
    return ActionFile(Source(str(path), text), identity, str(head.get("name", identity)), hosts, rules, tables)


def find_file(provider: str, trusted: Iterable[Path] = ()) -> ActionFile | None:
    """The file of one provider: one that came with keyguard, or one of `trusted` (the user's own, by --trust-rules)."""
    own = (path for path in trusted if path.stem == provider and path.is_file())
    found = next(own, None) or builtin_file(provider)
    return open_file(found) if found else None


def tables_of(file: ActionFile, name: str) -> list[Mapping[str, Any]]:
    """The tables `name`, written once as [name] or several times as [[name]]; RuleError for anything else."""
    found = file.tables.get(name, [])
    tables = found if isinstance(found, list) else [found]
    if not all(isinstance(table, dict) for table in tables):
        raise file.source.error(f"{name!r} is not a table, expected [{name}] or [[{name}]]", key=name)
    return tables


def cover(file: ActionFile, table: str, named: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """For each table `table`, the rules that it is for: those it names, or all that no other one names.

    RuleError for a rule that does not exist or is named twice, and where two tables name none.
    """
    seen: dict[str, int] = {}
    for number, rules in enumerate(named):
        for rule in rules:
            if rule not in file.rules:
                raise file.source.error(f"rules: there is no rule {rule!r} in this file", table, number, "rules")
            if rule in seen:
                raise file.source.error(f"rules: {rule!r} is named twice", table, number, "rules")
            seen[rule] = number
    if sum(not rules for rules in named) > 1:
        raise file.source.error(f"two [[{table}]] without `rules`, expected one at most", table)
    rest = tuple(rule for rule in file.rules if rule not in seen)
    return tuple(tuple(rules) or rest for rules in named)

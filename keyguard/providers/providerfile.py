"""Reads one provider file into a provider and its rules, every value checked."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.model import Confidence, Provider, Rule, Severity
from keyguard.model.rule import SECRET, base_name
from keyguard.providers.beginnings import beginnings
from keyguard.providers.boundary import wrap
from keyguard.providers.pieces import expand_pieces
from keyguard.providers.schema import MAX_REACH, PROVIDER, RULE, Source, check_table, check_tables
from keyguard.providers.syntax import parse, sight, widths
from keyguard.providers.templates import expand
from keyguard.providers.trigger import Trigger, check_trigger, derive_trigger

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_LEAST_PATTERN = 4
_GROUP = re.compile(r"[a-z][a-z_]{0,18}[a-z][2-9]?")


class ProviderFile(NamedTuple):
    """What one file says. `examples` and `rejects` are templates by rule id, in the order of the file."""

    provider: Provider
    rules: tuple[Rule, ...]
    examples: dict[str, tuple[str, ...]]
    rejects: dict[str, tuple[str, ...]]


class _Entry(NamedTuple):
    """One [[rule]] table: its number in the file and its checked values."""

    source: Source
    number: int
    values: Mapping[str, Any]

    def error(self, key: str, problem: str) -> RuleError:
        return self.source.error(f"rule {self.values['id']!r}: {key}: {problem}", "rule", self.number, key)


def read_provider(path: Path, *, proven: bool = False) -> ProviderFile:
    """Read and check the file at `path`. RuleError says file, line, what is wrong and what was expected.

    `proven` says that the file's tests have passed: its patterns are not compiled, nor its templates expanded, which
    would take most of the time.
    """
    source, data = _read(path)
    check_tables(source, data)
    head = check_table(source, "provider", 0, data["provider"], PROVIDER)
    if head["id"] != path.stem:
        raise source.error(f"id = {head['id']!r}, expected {path.stem!r} as the file is named", "provider", 0, "id")
    entries = [
        _Entry(source, number, check_table(source, "rule", number, table, RULE, "[[rule]]"))
        for number, table in enumerate(data["rule"])
    ]
    _check_ids(entries, head["id"])
    rules = tuple(_rule(entry, head["id"], quick=proven) for entry in entries)
    if not proven:
        for entry, rule in zip(entries, rules, strict=True):
            _prove(entry, rule.pattern)
    return ProviderFile(_provider(head, rules), rules, _templates(entries, "examples"), _templates(entries, "rejects"))


def _prove(entry: _Entry, pattern: str) -> None:
    _compile(entry, pattern)
    for key in ("examples", "rejects"):
        for template in entry.values[key]:
            _expand(entry, key, template)


def _read(path: Path) -> tuple[Source, dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8")
        return Source(str(path), text), tomllib.loads(text)
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror or error}", hint="name a readable .toml file") from None
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: byte {error.start} is not UTF-8, expected a TOML file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{path}: not TOML: {error}") from None


def _check_ids(entries: list[_Entry], provider: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.values["id"]
        if not name.startswith(provider + "-"):
            raise entry.error("id", f"expected a name that starts with {provider + '-'!r}")
        if name in seen:
            raise entry.error("id", "used twice in this file, expected a name of its own for each rule")
        seen.add(name)


def _provider(head: Mapping[str, Any], rules: tuple[Rule, ...]) -> Provider:
    return Provider(
        id=head["id"],
        name=head["name"],
        category=head["category"],
        hosts=tuple(head["hosts"]),
        console=head["console"],
        docs=head["docs"],
        source=head["source"],
        verified=head["verified"].isoformat(),
        rules=tuple(rule.id for rule in rules),
    )


def _rule(entry: _Entry, provider: str, *, quick: bool) -> Rule:
    values = entry.values
    pattern, span, parts, begins = _pattern(entry)
    trigger = _trigger(entry)
    if values["bounded"] and not values["generic"]:
        raise entry.error("bounded", "true for a rule that is not generic, expected `generic = true` beside it")
    return Rule(
        id=values["id"],
        provider=provider,
        title=values["title"],
        severity=Severity[values["severity"].upper()],
        confidence=Confidence[values["confidence"].upper()],
        pattern=pattern,
        trigger=trigger.pattern,
        width=trigger.width,
        span=span,
        reach=values["reach"],
        entropy=float(values["entropy"]),
        checksum=values["checksum"],
        generic=values["generic"],
        advice=values["advice"],
        parts=parts,
        beginnings=begins,
        bounded=values["bounded"],
        quick=quick,
    )


def _pattern(entry: _Entry) -> tuple[str, int, tuple[str, ...], tuple[tuple[str, int], ...]]:
    """The pattern with its borders, the most bytes that a match and its lookaheads can take, its parts, and what its
    matches begin with."""
    bare, reach = _expanded(entry, "pattern"), entry.values["reach"]
    try:
        node, groups = parse(bare)
        least, greatest = widths(node)[0], sight(node)
    except RuleError as error:
        raise entry.error("pattern", str(error)) from None
    if least < _LEAST_PATTERN:
        raise entry.error("pattern", f"can match {least} bytes, expected at least {_LEAST_PATTERN}")
    if greatest > (reach or MAX_REACH):
        limit = f"the reach, {reach}" if reach else str(MAX_REACH)
        raise entry.error("pattern", f"can match {greatest} bytes, expected at most {limit}")
    wrong = [name for name in groups if not _GROUP.fullmatch(name)]
    if wrong:
        raise entry.error("pattern", f"the group {wrong[0]!r}, expected small letters and _, and 2 to 9 at the end")
    parts = tuple(sorted({base_name(name) for name in groups} - {SECRET}))
    if parts and not any(base_name(name) == SECRET for name in groups):
        raise entry.error("pattern", f"the group {parts[0]!r} without a group 'secret', expected both")
    return wrap(bare, entry.values["boundary"]), greatest, parts, beginnings(node)


def _expanded(entry: _Entry, key: str) -> str:
    """A pattern with the named pieces in it written out."""
    try:
        return expand_pieces(entry.values[key])
    except RuleError as error:
        raise entry.error(key, str(error)) from None


def _compile(entry: _Entry, pattern: str) -> None:
    """Both engines must take the pattern, without warnings, which tell of syntax whose meaning will change."""
    import regex

    for engine in (re, regex):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                engine.compile(pattern.encode("ascii"))
        except (re.error, regex.error, Warning) as error:
            raise entry.error("pattern", f"`{engine.__name__}` refuses it: {error}") from None


def _trigger(entry: _Entry) -> Trigger:
    written = entry.values["trigger"]
    try:
        if written:
            return check_trigger(written)
        return derive_trigger(_expanded(entry, "pattern"), lines=entry.values["reach"] > 0)
    except RuleError as error:
        raise entry.error("trigger" if written else "pattern", str(error)) from None


def _expand(entry: _Entry, key: str, template: str) -> None:
    try:
        secrets = expand(template, 0).secrets
    except RuleError as error:
        raise entry.error(key, f"{template!r}: {error}") from None
    if bool(secrets) != (key == "examples"):
        expected = "a {secret:…}" if key == "examples" else "no {secret:…}, but {any:…}"
        raise entry.error(key, f"{template!r}: expected {expected}")


def _templates(entries: list[_Entry], key: str) -> dict[str, tuple[str, ...]]:
    return {entry.values["id"]: tuple(entry.values[key]) for entry in entries}

"""Reads a rule file of gitleaks (or betterleaks) as one provider: the same matches, entropies and allowlists.

The format: https://github.com/gitleaks/gitleaks#configuration
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from keyguard.errors import RuleError
from keyguard.model import Confidence, Provider, Rule, Severity
from keyguard.model.silence import Exemption
from keyguard.providers.gitleaks_allow import Notes, global_allowlists, raw_allowlists, rule_allowlists
from keyguard.providers.re2 import Translated, translate
from keyguard.providers.schema import MAX_REACH
from keyguard.providers.syntax import parse, sight
from keyguard.providers.trigger import MAX_WIDTH, Trigger, broad_trigger, derive_trigger

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_TABLES: Final = frozenset({"rules", "allowlist", "allowlists", "extend"})
_TOP: Final = _TABLES | {"title", "description", "minVersion", "betterleaksMinVersion"}
_RULE: Final = frozenset(
    {
        "id", "description", "regex", "path", "secretGroup", "entropy", "keywords", "tags", "allowlist", "allowlists",
        "severity", "skipReport", "required", "report",
    }
)  # fmt: skip
_BOUNDS: Final = (1024, 256, 64, 16)
_LINE: Final = 1024
_MOST_EXTENDS: Final = 2
_LEAST_KEYWORD: Final = 2
_DEFAULT_NAME: Final = "gitleaks"


class GitleaksFile(NamedTuple):
    """`exemptions` are its allowlists; `notes` say what runs otherwise than in gitleaks, or not at all."""

    provider: Provider
    rules: tuple[Rule, ...]
    exemptions: tuple[Exemption, ...]
    notes: tuple[str, ...]


def is_gitleaks(path: Path) -> bool:
    """Whether a TOML file is one of gitleaks. False for one that cannot be read: whoever reads it says so."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError):
        return False
    return "schema" not in data and "provider" not in data and bool(_TABLES & data.keys())


def read_gitleaks(path: Path) -> GitleaksFile:
    """Read and check the file. RuleError where it is wrong; what is right and cannot be run is in the notes."""
    notes = Notes(path)
    data = _extended(path, _read(path), notes, 0)
    for key in sorted(data.keys() - _TOP):
        notes.add(f"{key!r} is not carried over")
    name = _slug(path.stem.lstrip(".")) or _DEFAULT_NAME
    rules: list[Rule] = []
    exemptions: list[Exemption] = []
    ids: dict[str, str] = {}
    for table in _tables(path, "rules", data.get("rules", [])):
        rule = _rule(path, name, table, ids, notes)
        if rule:
            rules.append(rule)
            where = f"{path}: rule {table['id']}"
            exemptions += rule_allowlists(where, table, (rule.id,), notes)
    exemptions += global_allowlists(path, data, ids, notes)
    provider = Provider(
        id=name,
        name=str(data.get("title") or f"Rules of {path.name}"),
        category="generic",
        hosts=(),
        console="",
        docs="",
        source=f"the rule file {path.name}",
        verified="",
        rules=tuple(rule.id for rule in rules),
    )
    return GitleaksFile(provider, tuple(rules), tuple(exemptions), tuple(notes.lines))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise RuleError(f"{path}: {error.strerror or error}", "name a readable .toml file") from None
    except ValueError as error:
        raise RuleError(f"{path}: not TOML in UTF-8: {error}") from None


def _extended(path: Path, data: dict[str, Any], notes: Notes, depth: int) -> dict[str, Any]:
    """The file with the rules of the one that it extends; its own rules win key by key."""
    extend = data.get("extend", {})
    if not isinstance(extend, dict):
        raise RuleError(f"{path}: extend: expected a table")
    if extend.get("useDefault"):
        notes.add("extend.useDefault: keyguard's own rules run in place of those of gitleaks")
    if extend.get("url"):
        notes.add("extend.url is not followed: nothing is fetched")
    disabled = set(extend.get("disabledRules", []))
    if disabled:
        notes.add(f"extend.disabledRules: {', '.join(sorted(map(str, disabled)))}: see `keyguard rules list` for ours")
    if not extend.get("path") or depth >= _MOST_EXTENDS:
        return data
    base_path = path.parent / str(extend["path"])
    base = _extended(base_path, _read(base_path), notes, depth + 1)
    own = {table.get("id"): table for table in _tables(path, "rules", data.get("rules", []))}
    rules = [
        _merged(table, own.pop(table.get("id"), {}))
        for table in _tables(base_path, "rules", base.get("rules", []))
        if table.get("id") not in disabled
    ]
    lists = [each for each in ({**base}, data) for each in raw_allowlists(each)]
    kept = {key: value for key, value in data.items() if key not in ("allowlist", "allowlists")}
    return {**base, **kept, "rules": [*rules, *own.values()], "allowlists": lists, "allowlist": {}}


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    lists = [*raw_allowlists(base), *raw_allowlists(own)]
    return {**base, **own, "allowlist": {}, "allowlists": lists}


def _tables(path: Path, key: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise RuleError(f"{path}: {key}: expected tables of the form [[{key}]]")
    return value


def _rule(path: Path, provider: str, table: Mapping[str, Any], ids: dict[str, str], notes: Notes) -> Rule | None:
    """The rule; None where it cannot be run."""
    name = table.get("id")
    if not isinstance(name, str) or not name:
        raise RuleError(f"{path}: a rule without an id")
    for key in sorted(table.keys() - _RULE):
        notes.add(f"rule {name}: {key!r} is not carried over")
    if table.get("required"):
        notes.add(f"rule {name}: `required` is not carried over: it is found without its companions too")
    if table.get("skipReport"):
        notes.add(f"rule {name}: not run, because it reports nothing (skipReport)")
        return None
    if not table.get("regex"):
        what = "looks at paths only" if table.get("path") else "has no pattern (it changes a rule of gitleaks)"
        notes.add(f"rule {name}: not run, because it {what}")
        return None
    try:
        rule = _made(name, provider, table, notes)
    except RuleError as error:
        notes.add(f"rule {name}: not run: {error}")
        return None
    own = f"{provider}-{_slug(name) or 'rule'}"
    while own in ids.values():
        own += "-x"
    ids[name] = own
    return rule._replace(id=own)


def check_pattern(pattern: str, group: int) -> None:
    """RuleError where a rule of a pattern alone, whose secret is that group, would not be run."""
    _made("", "", {"regex": pattern, "secretGroup": group}, Notes(Path()))


def _made(name: str, provider: str, table: Mapping[str, Any], notes: Notes) -> Rule:
    done, span = _bounded(table["regex"], int(table.get("secretGroup", 0)))
    keywords = tuple(sorted({str(word).lower() for word in table.get("keywords", [])}))
    wide = span > _LINE or _crosses_lines(done.pattern)
    trigger = _trigger(done.pattern, keywords, lines=wide)
    by_keyword = trigger is None
    if trigger is None:
        trigger = _keyword_trigger(keywords)
        notes.add(f"rule {name}: found within {MAX_REACH} bytes of a keyword, because its pattern is in any file")
    for note in done.notes:
        notes.add(f"rule {name}: {note}")
    return Rule(
        id="",
        provider=provider,
        title=str(table.get("description") or name),
        severity=Severity.__members__.get(str(table.get("severity", "high")).upper(), Severity.HIGH),
        confidence=Confidence.MEDIUM,
        pattern=done.pattern,
        trigger=trigger.pattern,
        width=trigger.width,
        span=span,
        reach=MAX_REACH if by_keyword else (span if wide else 0),
        entropy=float(table.get("entropy", 0)),
        checksum="",
        generic=False,
        advice="",
        plain=True,
        path=translate(str(table["path"])).pattern if table.get("path") else "",
        keywords=keywords,
    )


def _bounded(pattern: Any, group: int) -> tuple[Translated, int]:
    """The pattern with the largest bound on its repeats that makes it no wider than a rule may be."""
    if not isinstance(pattern, str):
        raise RuleError("its regex is no text")
    for bound in _BOUNDS:
        done = translate(pattern, group, bound=bound)
        span = sight(parse(done.pattern).node)
        if span <= MAX_REACH:
            said = f"repeats without an end end after {bound} characters"
            notes = tuple(said if note.startswith("repeats without") else note for note in done.notes)
            return done._replace(notes=notes), max(span, 1)
    raise RuleError(f"its pattern can match more than {MAX_REACH} bytes")


def _crosses_lines(pattern: str) -> bool:
    """Whether a line end can be matched anywhere but at the very end, where it makes no difference to the secret."""
    return bool(re.search(r"\(\?[a-z]*s[a-z]*:|\\s|\\n|\\x0a|\[\^", re.sub(r"\(\?:[^()]*\)\)*$", "", pattern)))


def _trigger(pattern: str, keywords: tuple[str, ...], *, lines: bool) -> Trigger | None:
    """The trigger; None where the pattern says too little and keywords can take its place."""
    try:
        return derive_trigger(pattern, lines=lines)
    except RuleError:
        pass
    try:
        return broad_trigger(pattern, lines=lines)
    except RuleError:
        if any(len(word) >= _LEAST_KEYWORD for word in keywords):
            return None
        raise


def _keyword_trigger(keywords: tuple[str, ...]) -> Trigger:
    words = [word for word in keywords if len(word) >= _LEAST_KEYWORD]
    pattern = "|".join("".join(map(_byte, word.encode())) for word in words)
    return Trigger(f"(?i:{pattern})", min(MAX_WIDTH, max(map(len, words))))


def _byte(value: int) -> str:
    return chr(value) if chr(value).isalnum() and value < 0x80 else f"\\x{value:02x}"


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))

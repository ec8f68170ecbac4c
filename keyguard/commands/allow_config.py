"""The tables `[[allow]]` and `[rule.ID]` of the configuration file: what is allowed, and how rules are graded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from keyguard.commands.config import Config
from keyguard.errors import ConfigError
from keyguard.model import Confidence, Severity
from keyguard.model.silence import Exemption, Override

_CONDITIONS: Final = ("paths", "path-patterns", "rules", "values", "lines", "stopwords", "commits")
_RULE_KEYS: Final = ("severity", "confidence", "enabled")


def read_exemptions(config: Config) -> tuple[Exemption, ...]:
    """The `[[allow]]` tables. ConfigError names file, table and key of what is wrong."""
    tables = config.tables.get("allow", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{config.path}: allow: expected tables of the form [[allow]]")
    return tuple(_exemption(f"{config.path}: [[allow]] {number}", table) for number, table in enumerate(tables, 1))


def read_overrides(config: Config) -> tuple[Override, ...]:
    """The `[rule.ID]` tables. That the rules exist is checked when they are loaded."""
    tables = config.tables.get("rule", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ConfigError(f"{config.path}: rule: expected tables of the form [rule.ID]")
    return tuple(_override(f"{config.path}: [rule.{rule}]", rule, table) for rule, table in tables.items())


def _exemption(where: str, table: Mapping[str, Any]) -> Exemption:
    _refuse_unknown(where, table, (*_CONDITIONS, "reason", "any"))
    texts = {key: _texts(where, key, table.get(key, [])) for key in _CONDITIONS}
    if not any(texts.values()):
        raise ConfigError(f"{where}: allows everything", f"name one or more of: {', '.join(_CONDITIONS)}")
    reason, either = table.get("reason", ""), table.get("any", False)
    if not isinstance(reason, str) or not isinstance(either, bool):
        raise ConfigError(f'{where}: expected reason = "…" and any = true or false')
    _try_all(where, "paths", texts["paths"], _glob)
    for key in ("path-patterns", "values", "lines"):
        _try_all(where, key, texts[key], _regex)
    return Exemption(
        by="config",
        where=where,
        reason=reason,
        every=not either,
        rules=texts["rules"],
        globs=texts["paths"],
        paths=texts["path-patterns"],
        commits=tuple(commit.lower() for commit in texts["commits"]),
        values=texts["values"],
        lines=texts["lines"],
        stopwords=tuple(word.lower() for word in texts["stopwords"]),
    )


def _override(where: str, rule: str, table: Mapping[str, Any]) -> Override:
    _refuse_unknown(where, table, _RULE_KEYS)
    enabled = table.get("enabled", True)
    if not isinstance(enabled, bool):
        raise ConfigError(f"{where}: enabled: expected true or false, not {enabled!r}")
    severity = _grade(where, "severity", table, [each.label for each in Severity])
    confidence = _grade(where, "confidence", table, [each.label for each in Confidence])
    return Override(
        rule,
        Severity[severity.upper()] if severity else None,
        Confidence[confidence.upper()] if confidence else None,
        enabled,
    )


def _grade(where: str, key: str, table: Mapping[str, Any], words: list[str]) -> str:
    word = table.get(key, "")
    if key in table and word not in words:
        raise ConfigError(f"{where}: {key}: expected one of {', '.join(words)}, not {word!r}")
    return str(word)


def _refuse_unknown(where: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r}", f"known keys: {', '.join(sorted(known))}")


def _texts(where: str, key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(text, str) and text for text in value):
        return tuple(value)
    raise ConfigError(f"{where}: {key}: expected a list of texts, not {value!r}")


def _try_all(where: str, key: str, patterns: tuple[str, ...], attempt: Callable[[str], object]) -> None:
    for pattern in patterns:
        try:
            attempt(pattern)
        except ValueError as error:
            raise ConfigError(f"{where}: {key}: {pattern!r}: {error}") from None


def _glob(pattern: str) -> object:
    from keyguard.triage.globs import gitignore

    return gitignore(pattern)


def _regex(pattern: str) -> object:
    from keyguard.triage.exemption import compile_pattern

    return compile_pattern(pattern)

"""The closed vocabulary of a provider file: which tables and keys there are, and what each may say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.model import Confidence, Severity
from keyguard.providers.boundary import SIDES
from keyguard.providers.position import find_line

SCHEMA = 1
MAX_REACH = 16384
CHECKSUMS = frozenset(
    {
        "github-crc32",
        "gitlab-crc32",
        "jwt-header",
        "aws-account",
        "grafana-crc32",
        "atlassian-crc32",
        "openai-marker",
        "discord-snowflake",
        "pypi-macaroon",
        "private-key",
    }
)
CATEGORIES = (
    "ai",
    "cloud",
    "vcs",
    "payment",
    "messaging",
    "email",
    "registry",
    "infrastructure",
    "database",
    "monitoring",
    "identity",
    "generic",
    "crypto",
    "saas",
)
# Tables that other commands read; here only their names are known.
RESERVED = frozenset({"verify", "identify", "revoke", "rotate", "playbook", "usage"})
_HINT = "docs/rules.md describes the format of a provider file"
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}\Z)(?:\*\.)?(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_LINK = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(?::[0-9]+)?(?:/[!-~]*)?")


class Field(NamedTuple):
    """One key: what is expected, in words, and the test of it. A key without a default must be there."""

    expected: str
    accepts: Callable[[Any], bool]
    default: Any = None


class Source(NamedTuple):
    """The text of a provider file and its name as shown in errors."""

    name: str
    text: str

    def error(self, problem: str, table: str = "", number: int = 0, key: str = "") -> RuleError:
        """A RuleError that leads to the line of `key` in a table (see `find_line`)."""
        return RuleError(f"{self.name}:{find_line(self.text, table, number, key)}: {problem}", hint=_HINT)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value


def _is_number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _is_whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_list(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(test, value))


def _is_host(value: Any) -> bool:
    return isinstance(value, str) and bool(_HOST.fullmatch(value))


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and (not value or bool(_LINK.fullmatch(value)))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_identifier(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def _is_date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _one_of(words: list[str], default: str | None = None) -> Field:
    return Field("one of " + ", ".join(words), lambda value: isinstance(value, str) and value in words, default)


_NAME = Field("a name of small letters, digits and single hyphens", _is_identifier)
_FLAG = Field("true or false", lambda value: isinstance(value, bool), False)
_LINE = Field("one line of text", _is_line)
_LINKS = Field('an https:// link, or "" where none is known', _is_link)
_TEMPLATES = Field("a list of one or more texts", lambda value: bool(value) and _is_list(_is_text)(value))

PROVIDER: Mapping[str, Field] = {
    "id": _NAME,
    "name": _LINE,
    "category": _one_of(list(CATEGORIES)),
    "hosts": Field(
        "a list of lower-case host names without scheme, port or path (*.name: all below it)", _is_list(_is_host)
    ),
    "console": _LINKS,
    "docs": _LINKS,
    "source": _LINE,
    "verified": Field("a date without quotes, as 2026-11-21", _is_date),
}
RULE: Mapping[str, Field] = {
    "id": _NAME,
    "title": _LINE,
    "severity": _one_of([each.label for each in Severity]),
    "confidence": _one_of([each.label for each in Confidence]),
    "pattern": Field("a regular expression", _is_text),
    "boundary": _one_of(list(SIDES), "both"),
    "trigger": Field("a regular expression", _is_text, ""),
    "reach": Field(f"a whole number of bytes, 0 to {MAX_REACH}", _is_whole(0, MAX_REACH), 0),
    "entropy": Field("bits per character, 0 to 8", _is_number(0, 8), 0),
    "checksum": _one_of(sorted(CHECKSUMS), ""),
    "generic": _FLAG,
    "bounded": _FLAG,
    "advice": _LINE,
    "examples": _TEMPLATES,
    "rejects": _TEMPLATES,
}
_TOP = {"schema", "provider", "rule"} | RESERVED


def check_tables(source: Source, data: Mapping[str, Any]) -> None:
    """The top of the file: the schema number, one [provider], one or more [[rule]], nothing unknown."""
    for key in data:
        if key not in _TOP:
            table = key if isinstance(data[key], (dict, list)) else ""
            raise source.error(f"{key!r} is not known here, expected one of {', '.join(sorted(_TOP))}", table, 0, key)
    if data.get("schema") != SCHEMA or isinstance(data["schema"], bool):
        raise source.error(f"schema = {data.get('schema')!r}, expected schema = {SCHEMA}", key="schema")
    if not isinstance(data.get("provider"), dict):
        raise source.error("no [provider], expected one table of that name")
    rules = data.get("rule")
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        raise source.error("no [[rule]], expected one or more tables of that name", "rule")


def check_table(
    source: Source, table: str, number: int, data: Mapping[str, Any], fields: Mapping[str, Field], header: str = ""
) -> dict[str, Any]:
    """The values of one table, with defaults. RuleError names the first key that is unknown, missing or wrong.

    `header` is how an error names the table, where that is not [table].
    """
    header = header or f"[{table}]"
    for key in data:
        if key not in fields:
            expected = ", ".join(fields)
            raise source.error(f"{key!r} is not known in {header}, expected one of {expected}", table, number, key)
    for key, field in fields.items():
        if key not in data and field.default is None:
            raise source.error(f"no {key!r} in {header}, expected {field.expected}", table, number)
        if key in data and not field.accepts(data[key]):
            raise source.error(f"{key} = {_shown(data[key])}, expected {field.expected}", table, number, key)
    return {key: data.get(key, field.default) for key, field in fields.items()}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."

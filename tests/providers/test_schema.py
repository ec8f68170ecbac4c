"""Single values of a provider file: what is refused, and what is taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from keyguard.errors import RuleError
from keyguard.providers.schema import PROVIDER, RESERVED, RULE, Source, check_tables


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "Open_AI"),
        ("id", "-a"),
        ("id", ""),
        ("name", " "),
        ("name", "a\nb"),
        ("category", "AI"),
        ("hosts", "api.a.com"),
        ("hosts", ["https://api.a.com"]),
        ("hosts", ["api.a.com:443"]),
        ("hosts", ["api.a.com/v1"]),
        ("hosts", ["API.a.com"]),
        ("hosts", ["localhost"]),
        ("hosts", ["127.0.0.1"]),
        ("hosts", ["a.*.com"]),
        ("console", "http://a.com"),
        ("console", "https://a.com/ b"),
        ("docs", 1),
        ("source", ""),
        ("verified", "2026-11-21"),
        ("verified", dt.datetime(2026, 11, 21, tzinfo=dt.timezone.utc)),
    ],
)
def test_provider_refusals(key: str, value: Any) -> None:
    assert not PROVIDER[key].accepts(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("severity", "urgent"),
        ("confidence", "critical"),
        ("boundary", "middle"),
        ("reach", -1),
        ("reach", 16385),
        ("reach", True),
        ("reach", 1.5),
        ("entropy", 8.5),
        ("entropy", "3"),
        ("checksum", "crc"),
        ("generic", 1),
        ("examples", []),
        ("rejects", [""]),
        ("rejects", "text"),
        ("pattern", ""),
    ],
)
def test_rule_refusals(key: str, value: Any) -> None:
    assert not RULE[key].accepts(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "a1-b"),
        ("hosts", []),
        ("hosts", ["api.a.com", "x-1.b.co"]),
        ("console", ""),
        ("docs", "https://a.com/b?c=d#e"),
        ("verified", dt.date(2026, 11, 21)),
    ],
)
def test_provider_values(key: str, value: Any) -> None:
    assert PROVIDER[key].accepts(value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("reach", 16384), ("entropy", 3), ("entropy", 3.5), ("checksum", "github-crc32"), ("severity", "critical")],
)
def test_rule_values(key: str, value: Any) -> None:
    assert RULE[key].accepts(value)


def test_defaults_are_what_the_field_accepts_or_empty() -> None:
    for field in RULE.values():
        assert field.default in (None, "") or field.accepts(field.default)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "schema = None, expected schema = 1"),
        ({"schema": 2}, "schema = 2, expected schema = 1"),
        ({"schema": True}, "schema = True, expected schema = 1"),
        ({"schema": 1}, r"no \[provider\]"),
        ({"schema": 1, "provider": []}, r"no \[provider\]"),
        ({"schema": 1, "provider": {}}, r"no \[\[rule\]\]"),
        ({"schema": 1, "provider": {}, "rule": {}}, r"no \[\[rule\]\]"),
        ({"schema": 1, "provider": {}, "rule": [{}], "rules": []}, "'rules' is not known here, expected one of"),
    ],
)
def test_tables(data: dict[str, Any], said: str) -> None:
    with pytest.raises(RuleError, match="x.toml:1: " + said):
        check_tables(Source("x.toml", ""), data)


def test_tables_of_other_commands_are_known() -> None:
    others: dict[str, Any] = {key: {} for key in RESERVED}
    check_tables(Source("x.toml", ""), {"schema": 1, "provider": {}, "rule": [{}], **others})

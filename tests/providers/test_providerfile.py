"""Whole provider files: errors lead to the line, and values become rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.model import Confidence, Severity
from keyguard.providers.boundary import wrap
from keyguard.providers.loader import builtin_files
from keyguard.providers.providerfile import read_provider
from tests.providers.files import provider_file


@pytest.mark.parametrize(
    ("changes", "line", "said"),
    [
        ({"severity": '"urgent"'}, 15, "severity = 'urgent', expected one of low, medium, high, critical"),
        ({"advice": None}, 12, "no 'advice' in [[rule]], expected one line of text"),
        ({"colour": '"red"'}, 21, "'colour' is not known in [[rule]], expected one of id, title"),
        ({"id": '"other-key"'}, 13, "expected a name that starts with 'acme-'"),
        ({"pattern": "'acme_[a-z]+'"}, 17, "a repeat without an upper bound"),
        ({"pattern": "'acme_[a-z]{20000}'"}, 17, "can match 20005 bytes, expected at most 16384"),
        ({"pattern": "'acme_[a-z]{99}'", "reach": "64"}, 17, "can match 104 bytes, expected at most the reach, 64"),
        ({"pattern": "'abc?'"}, 17, "can match 2 bytes, expected at least 4"),
        ({"pattern": "'a[0-9]{30}'"}, 17, "or a `trigger` that says what to look for"),
        ({"pattern": "'(?<=a{1,2})acme_[0-9]{9}'"}, 17, "`re` refuses it: look-behind requires fixed-width pattern"),
        ({"pattern": "'acme_[[a]]{9}'"}, 17, "Possible nested set"),
        ({"bounded": "true"}, 21, "bounded: true for a rule that is not generic"),
        ({"trigger": "'(?=acme)'"}, 21, "trigger: a lookahead in a trigger"),
        ({"examples": "['acme_x']"}, 19, "'acme_x': expected a {secret:…}"),
        ({"examples": "['{secret:a']"}, 19, "is not closed"),
        ({"rejects": "['{secret:a}']"}, 20, "expected no {secret:…}, but {any:…}"),
    ],
)
def test_errors_name_line_key_and_what_was_expected(
    tmp_path: Path, changes: dict[str, str | None], line: int, said: str
) -> None:
    path = provider_file(tmp_path, **changes)
    with pytest.raises(RuleError, match=re.escape(f"{path}:{line}: ") + ".*" + re.escape(said)):
        read_provider(path)


def test_a_name_other_than_the_files(tmp_path: Path) -> None:
    path = provider_file(tmp_path).rename(tmp_path / "other.toml")
    with pytest.raises(RuleError, match=r"other\.toml:3: id = 'acme', expected 'other' as the file is named"):
        read_provider(path)


def test_an_id_used_twice(tmp_path: Path) -> None:
    path = provider_file(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text[text.index("[[rule]]") :], encoding="utf-8")
    with pytest.raises(RuleError, match=":22: rule 'acme-key': id: used twice"):
        read_provider(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b"schema = x", "not TOML: .*line 1"), (b"# \xff", "byte 2 is not UTF-8")],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "acme.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RuleError, match=said):
        read_provider(path)


def test_a_generic_rule_may_be_bounded(tmp_path: Path) -> None:
    (rule,) = read_provider(provider_file(tmp_path, generic="true", bounded="true")).rules
    assert (rule.generic, rule.bounded) == (True, True)


def test_values_become_a_rule(tmp_path: Path) -> None:
    provider, rules, examples, rejects = read_provider(provider_file(tmp_path, entropy="3", boundary='"left"'))
    (rule,) = rules
    assert provider.rules == ("acme-key",)
    assert provider.verified == "2026-11-21"
    assert (rule.severity, rule.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert rule.pattern == wrap("acme_[a-z0-9]{20,30}", "left")
    assert (rule.trigger, rule.width, rule.span) == ("acme_[0-9a-z]{12}", 17, 35)
    assert (rule.reach, rule.entropy, rule.checksum, rule.generic) == (0, 3.0, "", False)
    assert examples == {"acme-key": ("ACME={secret:acme_[a-z0-9]{24}}",)}
    assert rejects == {"acme-key": ("acme_short",)}


@pytest.mark.parametrize("path", builtin_files(), ids=lambda path: path.stem)
def test_every_file_that_comes_with_keyguard_is_right(path: Path) -> None:
    assert read_provider(path).provider.id == path.stem

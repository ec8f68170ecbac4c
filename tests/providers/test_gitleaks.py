from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.engine import open_engine
from keyguard.errors import RuleError
from keyguard.model import Confidence, Severity
from keyguard.providers.gitleaks import is_gitleaks, read_gitleaks
from keyguard.providers.loader import load_rules
from keyguard.providers.templates import expand
from keyguard.scan.files import Batch
from keyguard.scan.matcher import Matcher
from keyguard.triage.allowlist import Allowlist
from keyguard.triage.group import Sighting

RULES = r"""
title = "team"
[[rules]]
id = "acme_token"
description = "Acme token"
regex = '''(?i)acme[\w.-]{0,20}[\s=:"]{1,5}([a-z0-9]{32,40})(?:[\x60'"\s;]|\\[nr]|$)'''
keywords = ["ACME"]
entropy = 3.0
"""


def write(folder: Path, text: str, name: str = ".gitleaks.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def token(seed: int, size: int = 36) -> bytes:
    return expand(f"{{secret:[a-z0-9]{{{size}}}}}", seed).text


def scan(folder: Path, text: str, **files: bytes) -> list[Sighting]:
    """What these rules alone find in files (in names `__` stands for a slash, `_` for a dot)."""
    read = read_gitleaks(write(folder, text))
    engine = open_engine(read.rules, choice="portable")
    matcher = Matcher(read.rules, engine, allowlist=Allowlist(read.rules, read.exemptions))
    batch = Batch(matcher, Confidence.LOW)
    for name, content in files.items():
        batch.add("file", name.replace("__", "/").replace("_", ".").encode(), content)
    return batch.outcome(0).sightings


def values(sightings: list[Sighting]) -> set[bytes]:
    return {each.value for each in sightings if not each.allowed}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[rules]]\nregex = 'abcd'\n", "a rule without an id"),
        ("rules = 7\n", "expected tables"),
        ("[extend]\npath = 'none.toml'\n", "No such file"),
        (RULES + "[[rules.allowlists]]\ncondition = 'XOR'\npaths = ['x']\n", "expected AND or OR"),
        (RULES + "[[rules.allowlists]]\nregexTarget = 'file'\nregexes = ['x']\n", "expected secret, match or line"),
        (RULES + "[[rules.allowlists]]\nregexes = ['(']\n", "regexes"),
        ("[[rules]\n", "not TOML"),
    ],
)
def test_what_is_wrong_is_an_error(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(RuleError, match=r"\.toml") as caught:
        read_gitleaks(write(tmp_path, text))
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("id = 'a'\npath = 'x'\n", "rule a: not run, because it looks at paths only"),
        ("id = 'a'\n", "rule a: not run, because it has no pattern"),
        ("id = 'a'\nregex = '''(?=x)'''\n", "rule a: not run: a group that RE2 does not have"),
        ("id = 'a'\nregex = 'abcd'\nskipReport = true\n", "rule a: not run, because it reports nothing"),
        ("id = 'a'\nregex = 'abcd[0-9]+'\n", "rule a: repeats without an end end after 1024 characters"),
        ("id = 'a'\nregex = '.{40}'\nkeywords = ['zorp']\n", "rule a: found within 16384 bytes of a keyword"),
        ("id = 'a'\nregex = 'abcd'\nnews = 1\n", "rule a: 'news' is not carried over"),
        (
            "id = 'a'\nregex = 'abcd'\n[[allowlists]]\ntargetRules = ['b']\npaths = ['x']\n",
            "allowlist 1: not carried over for b",
        ),
        ("id = 'a'\nregex = 'abcd'\n[extend]\nuseDefault = true\n", "keyguard's own rules run"),
        ("id = 'a'\nregex = 'abcd'\n[extend]\ndisabledRules = ['b']\n", "disabledRules: b"),
    ],
)
def test_what_cannot_be_carried_over_is_said(tmp_path: Path, rule: str, note: str) -> None:
    assert any(note in each for each in read_gitleaks(write(tmp_path, f"[[rules]]\n{rule}")).notes)


def test_whose_file_it_is(tmp_path: Path) -> None:
    assert is_gitleaks(write(tmp_path, RULES))
    assert not is_gitleaks(write(tmp_path, "schema = 1\n[provider]\n", "acme.toml"))
    assert not is_gitleaks(tmp_path / "none.toml")


def test_a_rule(tmp_path: Path) -> None:
    read = read_gitleaks(write(tmp_path, RULES, "Team_rules.toml"))
    (rule,) = read.rules
    assert (rule.id, rule.provider, rule.title) == ("team-rules-acme-token", "team-rules", "Acme token")
    assert (rule.severity, rule.plain, rule.keywords, rule.entropy) == (Severity.HIGH, True, ("acme",), 3.0)
    assert read.notes == ()


def test_extended_files_are_read_and_overridden(tmp_path: Path) -> None:
    write(tmp_path, RULES + "[[rules]]\nid = 'gone'\nregex = 'abcd'\n", "base.toml")
    text = "[extend]\npath = 'base.toml'\ndisabledRules = ['gone']\n[[rules]]\nid = 'acme_token'\nentropy = 4.5\n"
    (rule,) = read_gitleaks(write(tmp_path, text)).rules
    assert (rule.title, rule.entropy) == ("Acme token", 4.5)


def test_the_cache_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, RULES + "[[rules.allowlists]]\npaths = ['^t/']\nstopwords = ['x']\n")
    first = load_rules((path,), cache=tmp_path / "cache")
    assert load_rules((path,), cache=tmp_path / "cache") == first
    assert len(first.exemptions) == 1


def test_keywords_entropy_and_group(tmp_path: Path) -> None:
    good, other = token(1), token(2)
    report = scan(
        tmp_path, RULES, a_txt=b"acme_key = " + good + b"\nacme: " + b"ab" * 18 + b"\nacme " + token(3, 41), b_txt=other
    )
    assert values(report) == {good}


def test_a_keyword_anywhere_in_the_text(tmp_path: Path) -> None:
    text = "[[rules]]\nid = 'hex'\nregex = '''\\b[0-9a-f]{40}\\b'''\nkeywords = ['zorp']\npath = '''\\.cfg$'''\n"
    digits = expand("{secret:[0-9a-f]{40}}", 1).text
    report = scan(tmp_path, text, a_cfg=b"ZORP\n\n\n" + digits, b_cfg=digits, c_txt=b"zorp\n" + digits)
    assert [each.occurrence.location.path for each in report] == [b"a.cfg"]


ALLOWLISTS = {
    "secret": ("regexes = ['^abc']", {1}),
    "match": ("regexTarget = 'match'\nregexes = ['^acme_m']", {2}),
    "line": ("regexTarget = 'line'\nregexes = ['sample$']", {3}),
    "stopwords": ("stopwords = ['STOPME']", {4}),
    "paths": ("paths = ['''(^|/)t/''']", {5}),
    "or": ("regexes = ['^abc']\nstopwords = ['stopme']", {1, 4}),
    "and": ("condition = 'AND'\nregexes = ['^abc']\npaths = ['''(^|/)t/''']", set()),
    "and both": ("condition = 'AND'\nregexes = ['.']\npaths = ['''(^|/)t/''']", {5}),
}


@pytest.mark.parametrize("where", ["rule", "global", "target"])
@pytest.mark.parametrize("name", ALLOWLISTS)
def test_allowlists(tmp_path: Path, name: str, where: str) -> None:
    text, numbers = ALLOWLISTS[name]
    secrets = {
        1: b"abc" + token(1, 30),
        2: token(2),
        3: token(3),
        4: token(4, 20) + b"stopme" + token(5, 8),
        5: token(6),
    }
    head = {
        "rule": "[[rules.allowlists]]",
        "global": "[[allowlists]]",
        "target": "[[allowlists]]\ntargetRules = ['acme_token']",
    }
    lines = (
        b"acme: "
        + secrets[1]
        + b"\nacme_m: "
        + secrets[2]
        + b"\nacme "
        + secrets[3]
        + b" sample\nacme="
        + secrets[4]
        + b"\n"
    )
    report = scan(tmp_path, f"{RULES}{head[where]}\n{text}\n", a_txt=lines, t__b_txt=b"acme: " + secrets[5])
    assert values(report) == {secret for number, secret in secrets.items() if number not in numbers}
    assert {each.allowed.by for each in report if each.allowed} == ({"rules"} if numbers else set())


def test_the_old_form_of_an_allowlist(tmp_path: Path) -> None:
    report = scan(tmp_path, RULES + "[allowlist]\nregexes = ['.']\n", a_txt=b"acme: " + token(1))
    assert values(report) == set()
    assert len(report) == 1

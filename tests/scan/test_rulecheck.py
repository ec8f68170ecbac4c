"""Rules are proved: what is wrong with a file is said, and the files that come with keyguard are right."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from keyguard.providers.loader import builtin_files
from keyguard.scan.rulecheck import check_rules
from tests.providers.files import provider_file

_ENGINES = [
    "portable",
    pytest.param(
        "hyperscan", marks=pytest.mark.skipif(not find_spec("hyperscan"), reason="Hyperscan is not installed")
    ),
]


@pytest.mark.parametrize("engine", _ENGINES)
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"examples": "['ACME={secret:acme_[a-z0-9]{12}}']"}, "at the end of the file, seed 0: 0 found, expected 1"),
        ({"examples": "['{secret:acme_[a-z0-9]{24}}{any:[a-z]{2}}']"}, "found another value, of 31 bytes where 29"),
        ({"examples": "['{secret:acme_[a-z]{24}} {secret:b[a-z]{9}}']"}, "1 found, expected 2"),
        ({"rejects": "['{any:acme_[a-z0-9]{22}}']"}, "found, expected nothing"),
        ({"pattern": "'acme_[a-z0-9]{24}(?=\\n)'"}, "at the end of the file, seed 0: 0 found"),
        ({"pattern": "'acme_[a-z0-9]{24}(?![&])'"}, "in the query of a URL, seed 0: 0 found"),
        ({"pattern": "'(?<![=])acme_[a-z0-9]{24}'"}, "as KEY=…, seed 0: 0 found"),
        ({"pattern": "'acme_[a-z0-9]{24}(?![\\r])'"}, "before CRLF, seed 0: 0 found"),
        ({"trigger": "'acme_z[a-z0-9]{4}'"}, "does not hold the trigger"),
        ({"examples": "['{secret:acme_example[a-z0-9]{20}}']"}, "0 found, expected 1"),
        ({"title": '"like acme_q7w2e9r4t6y1u8i3o5p0a2s4"'}, "line 14 of the file itself matches"),
        ({"severity": '"none"'}, ":15: severity = 'none', expected one of"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, engine: str, changes: dict[str, str | None], said: str) -> None:
    path = provider_file(tmp_path, **{"examples": "['{secret:acme_[a-z0-9]{24}}']", **changes})
    problems = check_rules([path], [engine])
    assert {problem.file for problem in problems} == {str(path)}
    assert [problem for problem in problems if said in problem.message]


def test_ids_of_two_files_are_told_apart(tmp_path: Path) -> None:
    taken = builtin_files()[0].stem
    first = provider_file(tmp_path, "acme", id='"acme-cloud-key"')
    paths = [provider_file(tmp_path, taken), first, provider_file(tmp_path, "acme-cloud")]
    said = " ".join(problem.message for problem in check_rules(paths, []))
    assert f"the id {taken!r} is used by {builtin_files()[0]} too" in said
    assert f"the id 'acme-cloud-key' is used by {first} too" in said


def test_values_are_not_in_the_messages(tmp_path: Path) -> None:
    path = provider_file(tmp_path, rejects="['{any:acme_q[a-z0-9]{22}}']")
    assert not [
        each for each in check_rules([path], ["portable"]) if "acme_q" in each.message.replace("{any:acme_q", "")
    ]


@pytest.mark.parametrize("engine", _ENGINES)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"examples": "['key: {secret:acme_[a-z0-9]{20}}', '{{\"a\": \"{secret:acme_[a-z0-9]{30}}\"}}']"},
        {"pattern": "'(?m:^)acme_[a-z0-9]{20}'", "examples": "['{secret:acme_[a-z0-9]{20}}']"},
        {
            "pattern": r"'acme\s{1,4}(?P<secret>[a-z0-9]{20})'",
            "reach": "64",
            "examples": r'["acme\n  {secret:[a-z0-9]{20}}", "acme {secret:[a-z0-9]{20}}"]',
        },
        {
            "pattern": "'acme_password=(?P<secret>[A-Za-z0-9&,;]{8,40})'",
            "generic": "true",
            "examples": "['acme_password={secret:[A-Za-z][A-Za-z0-9&,;]{19}}']",
            "rejects": "['acme_password={any:[a-z]{4}}']",
        },
    ],
)
def test_right_files(tmp_path: Path, engine: str, changes: dict[str, str | None]) -> None:
    assert check_rules([provider_file(tmp_path, **changes)], [engine]) == []


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    provider_file(tmp_path, severity='"none"')
    assert [problem.file for problem in check_rules([tmp_path], [])] == [str(tmp_path / "acme.toml")]


@pytest.mark.parametrize("engine", _ENGINES)
def test_the_rules_that_come_with_keyguard_are_right(engine: str) -> None:
    problems = check_rules([], [engine])
    assert not problems, "\n".join(f"{Path(each.file).name} {each.rule}: {each.message}" for each in problems[:40])

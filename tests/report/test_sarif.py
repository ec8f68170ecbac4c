"""SARIF against the schema of OASIS, and against what GitHub asks for beyond it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from keyguard.model import Confidence, Occurrence, Report, Severity, Stats
from keyguard.report.sarif_rules import message_text, rule_members
from tests.report.sample import (
    RULES,
    TOKEN,
    clean_report,
    finding,
    history_report,
    location,
    rule,
    tree_report,
    written,
)

SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft7Validator(SCHEMA)
REFERENCE = re.compile(r"(?:file://)?(?:[A-Za-z0-9\-._~/]|%[0-9A-F]{2})+")


def run_of(report: Report) -> Any:
    return json.loads(written(report, "sarif"))["runs"][0]


def physical(result: Any) -> Any:
    return result["locations"][0]["physicalLocation"]


def test_the_schema_refuses_what_is_wrong() -> None:
    document = json.loads(written(history_report(), "sarif"))
    physical(document["runs"][0]["results"][0])["region"]["endColumn"] = 0
    assert list(VALIDATOR.iter_errors(document))


@pytest.mark.parametrize("report", [clean_report(), tree_report(), history_report()], ids=["clean", "tree", "history"])
def test_reports_follow_the_schema(report: Report) -> None:
    VALIDATOR.validate(json.loads(written(report, "sarif")))


def test_every_result_has_what_github_asks_for() -> None:
    for result in run_of(history_report())["results"] + run_of(tree_report())["results"]:
        assert result["message"]["text"]
        assert physical(result)["region"]["startLine"] >= 1
        assert REFERENCE.fullmatch(physical(result)["artifactLocation"]["uri"])


def test_one_result_for_each_place_in_order() -> None:
    report = history_report()
    results = run_of(report)["results"]
    expected = [(item.rule, place.location.line) for item in report.findings for place in item.occurrences]
    assert [(result["ruleId"], physical(result)["region"]["startLine"]) for result in results] == expected


def test_results_point_at_their_rule() -> None:
    run = run_of(history_report())
    rules = run["tool"]["driver"]["rules"]
    assert [item["id"] for item in rules] == [item.id for item in RULES]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_a_rule_that_is_not_listed_has_no_index() -> None:
    report = tree_report()._replace(rules=())
    assert "ruleIndex" not in run_of(report)["results"][0]
    VALIDATOR.validate(json.loads(written(report, "sarif")))


def test_columns_count_code_points() -> None:
    run = run_of(history_report())
    assert run["columnKind"] == "unicodeCodePoints"
    assert physical(run["results"][1])["region"] == {"startLine": 1, "startColumn": 3, "endLine": 1, "endColumn": 21}


def test_odd_paths_survive() -> None:
    uris = [physical(result)["artifactLocation"]["uri"] for result in run_of(history_report())["results"]]
    assert uris[0] == "a%1B%5B2Jb%0A%E2%80%AEgpj.%FF%20%22q%22.py"
    assert uris[1] == "gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC.txt"


@pytest.mark.parametrize(
    ("kind", "logical"),
    [("commit", "commitMessage"), ("tag", "tagMessage"), ("path", "fileName"), ("ref", "refName"), ("stdin", "stdin")],
)
def test_what_is_not_a_file_has_a_logical_location(kind: str, logical: str) -> None:
    found = finding(0, TOKEN, (Occurrence(location(kind, b"", 1, 1), None),))
    result = run_of(Report(".", "history", (found,), (), Stats(), RULES))["results"][0]
    assert [place["kind"] for place in result["locations"][0]["logicalLocations"]] == [logical]


def test_history_has_properties_and_a_tree_has_none() -> None:
    history = run_of(history_report())["results"][2]["properties"]
    assert (history["commit"], history["author"], history["state"]) == ("1" * 40, "Ann Author", "head")
    assert history["date"] == "2024-05-01T10:00:00+02:00"
    assert "commit" not in run_of(tree_report())["results"][0]["properties"]


def test_an_incomplete_scan_is_not_a_success() -> None:
    invocation = run_of(history_report())["invocations"][0]
    assert invocation["executionSuccessful"] is False
    levels = [notification["level"] for notification in invocation["toolExecutionNotifications"]]
    assert levels == ["note"] + ["error"] * 7
    assert run_of(clean_report())["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


@pytest.mark.parametrize(
    ("severity", "level", "lowest", "highest"),
    [
        (Severity.CRITICAL, "error", 9.01, 10.0),
        (Severity.HIGH, "error", 7.0, 8.9),
        (Severity.MEDIUM, "warning", 4.0, 6.9),
        (Severity.LOW, "note", 0.1, 3.9),
    ],
)
def test_severities_fall_into_githubs_bands(severity: Severity, level: str, lowest: float, highest: float) -> None:
    members: Any = rule_members(rule("a-b", severity, Confidence.LOW, ""))
    assert members["defaultConfiguration"]["level"] == level
    assert lowest <= float(members["properties"]["security-severity"]) <= highest
    assert members["help"]["text"]


@pytest.mark.parametrize(
    ("advice", "link"),
    [
        ("No link.", None),
        ("http://plain.example is not https.", None),
        ("Go to https://a.example/x?y=1.", "https://a.example/x?y=1"),
        ("(see https://a.example/keys), then https://b.example", "https://a.example/keys"),
    ],
)
def test_help_uri_is_the_first_https_link(advice: str, link: str | None) -> None:
    members: Any = rule_members(rule("a-b", Severity.LOW, Confidence.LOW, advice))
    assert members.get("helpUri") == link


@pytest.mark.parametrize(("text", "shown"), [("a{0}b", "a{{0}}b"), ("[x](1)", "[x] (1)"), ("plain", "plain")])
def test_message_text(text: str, shown: str) -> None:
    assert message_text(text) == shown

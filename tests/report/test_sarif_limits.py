"""Five thousand findings and more: what GitHub takes, the most severe first, and what is left out is said."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator

from keyguard.model import Finding, Occurrence, Report, Skip
from keyguard.report.sarif_limits import Budget
from tests.report.sample import RULES, clean_report, finding, location, provenance, written
from tests.report.test_sarif import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

# https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
MOST_RESULTS, MOST_RULES, MOST_LOCATIONS, MOST_TAGS, MOST_BYTES = 25_000, 25_000, 1_000, 20, 10_000_000
LEVELS = ["error", "warning", "note"]


def many(count: int, places: int, folder: str = "src") -> list[Finding]:
    made = []
    for number in range(count):
        own = tuple(
            Occurrence(
                location("file", b"%s/%d/%d.py" % (folder.encode(), number, each), each + 1, 5), provenance("1", "head")
            )
            for each in range(places)
        )
        made.append(finding((1, 3, 0, 2)[number % 4], b"kgmany-%08d-0a1b2c3d" % number, own))
    return made


def sarif(findings: Sequence[Finding], skipped: tuple[Skip, ...] = ()) -> tuple[Any, bytes]:
    report: Report = clean_report()._replace(findings=tuple(findings), skipped=skipped)
    text = written(report, "sarif").encode()
    return json.loads(text)["runs"][0], text


def notes_of(run: Any) -> list[str]:
    return [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]


def within_limits(run: Any, text: bytes) -> bool:
    results, rules = run["results"], run["tool"]["driver"]["rules"]
    counts = len(results) <= MOST_RESULTS and len(rules) <= MOST_RULES
    inner = all(len(each["locations"]) <= MOST_LOCATIONS for each in results)
    tags = all(len(each["properties"]["tags"]) <= MOST_TAGS for each in rules)
    return counts and inner and tags and len(gzip.compress(text)) <= MOST_BYTES


def test_five_thousand_findings_are_all_there() -> None:
    run, text = sarif(many(5_000, 1))
    assert within_limits(run, text)
    assert len(run["results"]) == 5_000
    assert notes_of(run) == []
    head = {**json.loads(text), "runs": [{**run, "results": run["results"][:50]}]}
    Draft7Validator(SCHEMA).validate(head)


def test_more_places_than_github_shows_come_most_severe_first() -> None:
    run, text = sarif(many(2_000, 3))
    assert within_limits(run, text)
    assert len(run["results"]) == 6_000
    order = [RULES.index(next(rule for rule in RULES if rule.id == each["ruleId"])) for each in run["results"]]
    assert order == sorted(order, key=[0, 2, 3, 1].index)
    levels = [LEVELS.index(each["level"]) for each in run["results"]]
    assert levels == sorted(levels)


def test_too_many_places_are_cut_and_it_is_said() -> None:
    run, text = sarif(many(5_000, 6))
    assert within_limits(run, text)
    assert len(run["results"]) == MOST_RESULTS
    assert len({each["partialFingerprints"]["secretFingerprint/v1"] for each in run["results"]}) >= 4_000
    (note,) = notes_of(run)
    assert note.startswith("5,000 of 30,000 places are left out of this file, the least severe ones")


def test_a_file_too_large_is_cut_too() -> None:
    budget = Budget(20_000)
    results = list(budget.within({"text": f"{number * 7919:032x}"} for number in range(5_000)))
    assert 500 < len(results) == budget.written < 5_000
    assert len(zlib.compress(json.dumps(results).encode())) < 40_000


def test_notifications_are_bounded_and_failures_come_first() -> None:
    skips = tuple(Skip(f"{number:040x}", "submodule", complete=number % 2 == 0) for number in range(3_000))
    run, _ = sarif((), skips)
    notifications = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notifications) == 1_001
    assert {each["level"] for each in notifications[:1_000]} == {"error"}
    assert notes_of(run)[-1].startswith("and 2,000 more")

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from keyguard.model import Allowance, Allowed, Report, Stats
from tests.report.sample import NAMED, RULES, TOKEN, history_report, written

REPORT = history_report()
GITHUBS = Allowance("inline", "keyguard:allow", "made up\x1b[31m")
KNOWN = Allowance("baseline", "baseline.json")


def settled() -> Report:
    """Nothing counts: one secret is allowed in the source, one (which stands in a path) by the baseline."""
    token, named = REPORT.findings[1], REPORT.findings[2]
    allowed = (Allowed(named, KNOWN), Allowed(token, GITHUBS))
    notes = ("baseline.json: no longer found: acme-token kgs…0a1b",)
    return Report(".", "history", (), (), Stats(3, 0, 9, 9, 0.1), RULES, allowed, notes)


def test_text_counts_what_is_allowed() -> None:
    text = written(settled(), "text")
    assert "no secrets found" in text
    assert "2 secrets allowed, and not counted (--show-allowed lists them)" in text
    assert "no longer found" in text
    assert "ALLOWED" not in text


def test_text_lists_what_is_allowed_and_by_what() -> None:
    text = written(settled(), "text", show_allowed=True)
    assert "ALLOWED  Sample acme token  kgsa…3c4d" not in text or "by the baseline baseline.json" in text
    assert "by the comment keyguard:allow: made up\\x1b[31m" in text
    assert "src/settings.py:12:8" in text
    assert TOKEN.decode() not in text
    assert NAMED.decode() not in text


def test_json_names_what_allowed() -> None:
    text = written(settled(), "json")
    report = json.loads(text)
    assert [each["allowance"]["by"] for each in report["allowed"]] == ["baseline", "inline"]
    assert report["findings"] == []
    assert len(report["notes"]) == 1
    assert TOKEN.decode() not in text
    assert NAMED.decode() not in text
    schema = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, schema)


def test_sarif_is_silent_unless_asked() -> None:
    assert json.loads(written(settled(), "sarif"))["runs"][0]["results"] == []


def test_sarif_says_where_it_was_allowed() -> None:
    sarif = json.loads(written(settled(), "sarif", show_allowed=True))
    results = sarif["runs"][0]["results"]
    kinds = {each["ruleId"]: each["suppressions"][0]["kind"] for each in results}
    assert len(results) == sum(len(each.finding.occurrences) for each in settled().allowed)
    assert set(kinds.values()) <= {"inSource", "external"}
    assert {each["suppressions"][0]["kind"] for each in results} == {"inSource", "external"}
    folder = Path(__file__).parent
    jsonschema.validate(sarif, json.loads((folder / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")))


def test_what_counts_has_no_suppressions() -> None:
    results = json.loads(written(REPORT, "sarif"))["runs"][0]["results"]
    assert not any("suppressions" in each for each in results)

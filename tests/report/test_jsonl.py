"""JSON Lines."""

from __future__ import annotations

import json

import pytest

from tests.report.sample import clean_report, history_report, written


def test_no_findings_no_lines() -> None:
    assert written(clean_report(), "jsonl") == ""


@pytest.mark.parametrize("show_secrets", [False, True])
def test_each_line_is_a_finding_of_the_json_report(show_secrets: bool) -> None:
    lines = written(history_report(), "jsonl", show_secrets=show_secrets).splitlines()
    document = json.loads(written(history_report(), "json", show_secrets=show_secrets))
    assert [json.loads(line) for line in lines] == document["findings"]

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from keyguard.model.usage_report import UsageReport
from keyguard.report.usage_json import write_json
from tests.report.usage_sample import Stream, empty_report, usage_report

SCHEMA = Path(__file__).parents[2] / "docs" / "usage-report.schema.json"


def written(report: UsageReport) -> Any:
    out = Stream()
    write_json(report, out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("report", [empty_report(), usage_report()], ids=["empty", "full"])
def test_it_is_as_the_schema_says(report: UsageReport) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(written(report), schema)


def test_amounts_are_exact_and_currencies_apart() -> None:
    document = written(usage_report())
    assert document["totals"] == [
        {"unit": "USD", "amount": "93.25"},
        {"unit": "CNY", "amount": "15"},
        {"unit": "requests", "amount": "0"},
    ]
    (dollars,) = document["accounts"][0]["spending"]
    assert dollars["rankings"][0]["others"] == {"count": 3, "amount": "0.004"}
    gap, last = dollars["total"]["buckets"][6], dollars["total"]["buckets"][-1]
    assert (gap["amount"], gap["final"], gap["expected"]) == (None, False, None)
    assert (last["amount"], last["final"], last["high"]) == ("1.5", False, 5.0)


def test_times_are_utc_and_what_lasts_has_no_end() -> None:
    document = written(usage_report())
    (exposure,) = document["accounts"][0]["exposures"]
    assert (exposure["start"], exposure["end"]) == ("2026-01-09T00:00:00Z", None)
    assert document["accounts"][0]["spending"][0]["parts"][0]["forecast"]["limit_reached"] == "2026-01-21T00:00:00Z"

"""The report for GitLab, against the part of its schema (15.2.1) that says what must be there, written anew."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from keyguard.model import Report
from tests.report.golden import NOON
from tests.report.sample import clean_report, history_report, tree_report, written

TEXT = {"type": "string", "minLength": 1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def shape(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def listed(item: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": least}


TOOL = shape({"id": TEXT, "name": TEXT, "version": TEXT, "vendor": shape({"name": TEXT})})
IDENTIFIER = shape({"type": TEXT, "name": TEXT, "value": TEXT}, url={"pattern": "^(https?|ftp)://.+"})
COMMIT = shape({"sha": TEXT}, author={"type": "string"}, date={"type": "string"})
LOCATION = shape(
    {"commit": COMMIT}, file={"type": "string"}, start_line={"type": "number"}, end_line={"type": "number"}
)
SCHEMA = shape(
    {
        "version": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
        "scan": shape(
            {
                "analyzer": TOOL,
                "scanner": TOOL,
                "start_time": MOMENT,
                "end_time": MOMENT,
                "status": {"enum": ["success", "failure"]},
                "type": {"enum": ["secret_detection"]},
            },
            messages=listed(shape({"level": {"enum": ["info", "warn", "fatal"]}, "value": TEXT})),
        ),
        "vulnerabilities": listed(
            shape(
                {"id": TEXT, "identifiers": listed(IDENTIFIER, 1), "location": LOCATION},
                name={"type": "string", "maxLength": 255},
                description={"type": "string", "maxLength": 1048576},
                severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                solution={"type": "string", "maxLength": 7000},
                details={
                    "additionalProperties": shape(
                        {"type": {"const": "text"}, "name": TEXT, "value": {"type": "string"}}
                    )
                },
            )
        ),
    },
    schema={"type": "string", "pattern": "^https?://.+"},
)
VALIDATOR = Draft7Validator(SCHEMA)


def document(report: Report) -> Any:
    return json.loads(written(report, "gitlab", now=NOON))


def test_the_schema_refuses_what_is_wrong() -> None:
    broken = document(history_report())
    broken["vulnerabilities"][0]["severity"] = "critical"
    broken["scan"]["start_time"] = "2026-01-01T00:00:00Z"
    del broken["vulnerabilities"][1]["location"]["commit"]
    assert len(list(VALIDATOR.iter_errors(broken))) == 3


@pytest.mark.parametrize("report", [clean_report(), tree_report(), history_report()], ids=["clean", "tree", "history"])
def test_reports_follow_the_schema(report: Report) -> None:
    VALIDATOR.validate(document(report))


def test_ids_differ_by_place_and_do_not_change() -> None:
    ids = [each["id"] for each in document(history_report())["vulnerabilities"]]
    assert len(ids) == len(set(ids)) == 13
    assert ids == [each["id"] for each in document(history_report())["vulnerabilities"]]


def test_times_and_status() -> None:
    scan = document(history_report())["scan"]
    assert (scan["start_time"], scan["end_time"]) == ("2026-01-01T11:59:58", "2026-01-01T12:00:00")
    assert scan["status"] == "failure"
    assert document(clean_report())["scan"]["status"] == "success"

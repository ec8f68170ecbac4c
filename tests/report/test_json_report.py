"""The JSON report against its schema."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from keyguard.model import Report
from tests.report.sample import (
    HOSTILE_PATH,
    NAMED,
    PASSWORD,
    TOKEN,
    clean_report,
    history_report,
    tree_report,
    written,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def loaded(report: Report, **options: bool) -> Any:
    return json.loads(written(report, "json", **options))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("place", [(), ("tool",), ("stats",), ("findings", 0), ("findings", 0, "occurrences", 0)])
def test_the_schema_is_closed(place: tuple[str | int, ...]) -> None:
    document = loaded(history_report())
    inner = document
    for step in place:
        inner = inner[step]
    inner["unknown"] = 1
    with pytest.raises(ValidationError):
        VALIDATOR.validate(document)


@pytest.mark.parametrize("report", [clean_report(), tree_report(), history_report()], ids=["clean", "tree", "history"])
@pytest.mark.parametrize("show_secrets", [False, True])
def test_reports_follow_the_schema(report: Report, show_secrets: bool) -> None:
    VALIDATOR.validate(loaded(report, show_secrets=show_secrets))


def test_every_key_is_documented() -> None:
    pages = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    shapes = [SCHEMA, *SCHEMA["$defs"].values()]
    keys = {key for shape in shapes for key in shape.get("properties", ())}
    assert not [key for key in sorted(keys) if f"`{key}`" not in pages]


def test_a_path_that_is_not_utf8_keeps_its_bytes() -> None:
    place, other = loaded(history_report())["findings"][0]["occurrences"]
    assert b64decode(place["path_bytes"]) == HOSTILE_PATH
    assert place["path"] == HOSTILE_PATH.decode("utf-8", "replace")
    assert other["path"] == "größe/日本.txt"
    assert "path_bytes" not in other


def test_secrets_appear_on_request_only() -> None:
    assert all("secret" not in finding for finding in loaded(history_report())["findings"])
    first, second, third, _ = loaded(history_report(), show_secrets=True)["findings"]
    assert b64decode(first["secret_bytes"]) == PASSWORD
    assert second["secret"] == TOKEN.decode()
    assert "secret_bytes" not in second
    assert third["occurrences"][0]["path"] == f"dump/{NAMED.decode()}.json"


def test_empty_texts_where_there_is_no_commit() -> None:
    place = loaded(tree_report())["findings"][0]["occurrences"][0]
    assert [place[key] for key in ("commit", "author", "date", "state")] == ["", "", "", ""]


def test_a_name_with_undecodable_bytes_does_not_break_the_report() -> None:
    report = history_report()
    skip = report.skipped[1]._replace(what="lost\udcff\ud800")
    document = loaded(report._replace(skipped=(skip,)))
    assert document["skipped"][0]["what"].startswith("lost\ufffd")
    assert document["complete"] is False

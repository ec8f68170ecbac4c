"""JUnit XML: against the elements and attributes that junit-10.xsd knows, and read by a real consumer."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from junitparser import Error, Failure, JUnitXml

from keyguard.model import Report
from tests.report.sample import clean_report, history_report, tree_report, written

# What the schema of Jenkins' xUnit plugin allows, as far as keyguard uses it: attributes (! is required), children.
COUNTS = {"name!", "tests!", "failures!", "errors!", "time", "skipped", "timestamp"}
SHAPES = {
    "testsuites": ({name.rstrip("!") for name in COUNTS} - {"skipped", "timestamp"}, {"testsuite"}),
    "testsuite": (COUNTS, {"testcase", "properties", "system-out", "system-err"}),
    "testcase": ({"name!", "classname", "time", "group"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
REPORTS = [clean_report(), tree_report(), history_report()]


def shape_errors(element: ET.Element) -> list[str]:
    attributes, children = SHAPES[element.tag]
    names = {name.rstrip("!") for name in attributes}
    missing = {name[:-1] for name in attributes if name.endswith("!")} - set(element.keys())
    wrong = [f"{element.tag}: {name}" for name in {*(set(element.keys()) - names), *missing}]
    if not TIME.fullmatch(element.get("time", "0")):
        wrong.append("time")
    wrong += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
    return wrong + [error for child in element if child.tag in children for error in shape_errors(child)]


def test_the_shape_refuses_what_is_wrong() -> None:
    bad = ET.fromstring('<testsuites><testsuite name="x"><testcase file="y"/></testsuite></testsuites>')  # noqa: S314 - our own
    assert len(shape_errors(bad)) == 5


@pytest.mark.parametrize("report", REPORTS, ids=["clean", "tree", "history"])
def test_reports_have_the_shape(report: Report) -> None:
    assert shape_errors(ET.fromstring(written(report, "junit"))) == []  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("report", "failures", "errors"), [(REPORTS[0], 0, 0), (REPORTS[1], 3, 0), (REPORTS[2], 13, 7)]
)
def test_a_consumer_counts_the_same(report: Report, failures: int, errors: int) -> None:
    (suite,) = JUnitXml.fromstring(written(report, "junit").encode())
    results = [result for case in suite for result in case.result]
    assert sum(isinstance(each, Failure) for each in results) == failures == suite.failures
    assert sum(isinstance(each, Error) for each in results) == errors == suite.errors
    assert suite.tests == len(list(suite)) == max(failures + errors, 1)

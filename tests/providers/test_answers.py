from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from keyguard.http import Answer
from keyguard.providers.answers import Reading, find_all, first, holds, read_answer, read_conditions


def reading(tree: Any, headers: Mapping[str, str] | None = None) -> Reading:
    return Reading(Answer(200, headers or {}, b"some text"), tree)


TREE = {"data": [{"id": 7}, {"id": 8, "a/b": {"~": True}}], "": 1, "none": None, "empty": [], "0": "zero"}


@pytest.mark.parametrize(
    "pointer", ["/data/2", "/data/-1", "/data/x", "/data/0/id/x", "/missing", "/data/٠", "/none/x"]
)
def test_nothing_stands_there(pointer: str) -> None:
    assert list(find_all(TREE, pointer)) == []


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", [TREE]),
        ("/", [1]),
        ("/data/0/id", [7]),
        ("/data/*/id", [7, 8]),
        ("/data/1/a~1b/~0", [True]),
        ("/*/0/id", [7]),
        ("/0", ["zero"]),
    ],
)
def test_finds_what_stands_there(pointer: str, found: list[Any]) -> None:
    assert list(find_all(TREE, pointer)) == found


@pytest.mark.parametrize(
    "condition",
    [
        403,
        {"status": [401, 403]},
        {"json": {"/data/0/id": 8}},
        {"json": {"/data/1/a~1b/~0": 1}},
        {"json": {"/data/*/id": [9, 10]}},
        {"json": {"/missing": "*"}},
        {"contains": "other"},
        {"status": 200, "json": {"/data/0/id": 7}, "contains": "other"},
    ],
)
def test_does_not_hold(condition: Any) -> None:
    assert not holds(read_conditions([condition])[0], reading(TREE))


@pytest.mark.parametrize(
    "condition",
    [
        200,
        {"status": 200},
        {"json": {"/data/0/id": [6, 7]}},
        {"json": {"/data/*/id": 8}},
        {"json": {"/data/0/id": "*"}},
        {"contains": "some"},
    ],
)
def test_holds(condition: Any) -> None:
    assert holds(read_conditions([condition])[0], reading(TREE))


def test_the_first_that_is_there() -> None:
    assert first(reading(TREE), ("/missing", "/none", "/empty", "/data/0/id")) == 7
    assert first(reading(TREE, {"x-scopes": "a, b"}), ("header:x-other", "header:x-scopes")) == "a, b"
    assert first(reading(None), ("/x",)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        b"{",
        b"<html><p>x</html>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>&undefined;</a>",
        b"<a>" * 40 + b"</a>" * 40,
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_reads_nothing_from_what_is_no_data(body: bytes) -> None:
    assert read_answer(Answer(200, {}, body)).tree is None


def test_reads_xml_by_names() -> None:
    body = b'<?xml version="1.0"?><R xmlns="https://x/"><L><m>1</m><m>2</m><m>3</m></L><E/></R>'
    assert read_answer(Answer(200, {}, body)).tree == {"R": {"L": {"m": ["1", "2", "3"]}, "E": ""}}
    assert read_answer(Answer(200, {}, b'\xef\xbb\xbf {"a": 1}')).tree == {"a": 1}

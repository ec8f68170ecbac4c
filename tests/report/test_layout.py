"""Streaming JSON."""

from __future__ import annotations

import io
import json

import pytest

from keyguard.report.layout import Rows, write_members


@pytest.mark.parametrize("entries", [[], [1], [{"a": []}, "x\n\u2028", None]])
def test_what_is_written_reads_back(entries: list[object]) -> None:
    out = io.StringIO()
    write_members(out, {'k"\n': Rows(iter(entries)), "end": True}, "  ")  # type: ignore[arg-type]  # any JSON
    assert json.loads(out.getvalue()) == {'k"\n': entries, "end": True}


def test_an_empty_object() -> None:
    out = io.StringIO()
    write_members(out, {}, "")
    assert json.loads(out.getvalue()) == {}

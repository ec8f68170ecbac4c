"""Parts and facts stand in JSON and text where there are any, and nowhere else."""

from __future__ import annotations

import json
from base64 import b32encode

from keyguard.model import Report
from tests.report.sample import TOKEN, finding, history_report, tree_report, written

KEY_ID = b"AKIA" + b32encode((42 << 7 | 1 << 47).to_bytes(6, "big") + b"\x5a\x11\x77\x03")
PARTS = (("id", KEY_ID), ("user", b"me\x1b[31m\xff"))


def test_nothing_is_said_where_nothing_is_known() -> None:
    for each in json.loads(written(history_report(), "json"))["findings"]:
        assert not {"parts", "facts"} & each.keys()
    assert "account" not in written(history_report(), "text", verbose=True)


def _report() -> Report:
    report = tree_report()
    return report._replace(findings=(report.findings[0]._replace(parts=PARTS),))


def test_json_has_parts_and_facts() -> None:
    (found,) = json.loads(written(_report(), "json"))["findings"]
    assert found["parts"] == {"id": KEY_ID.decode(), "user": "me\x1b[31m\ufffd"}
    assert found["facts"] == {"account": "000000000042", "kind": "long-lived"}


def test_text_has_parts_and_with_verbose_facts() -> None:
    report = _report()
    short, long = written(report, "text"), written(report, "text", verbose=True)
    assert f"  id {KEY_ID.decode()}\n" in short
    assert "\x1b" not in short
    assert "account 000000000042" not in short
    assert "  account 000000000042\n" in long


def test_the_secret_itself_is_masked_in_a_part() -> None:
    report = tree_report()
    (place,) = report.findings[0].occurrences[:1]
    mine = finding(0, TOKEN, (place,))._replace(parts=(("user", b"x" + TOKEN),))
    assert TOKEN.decode() not in written(report._replace(findings=(mine,)), "json")

from __future__ import annotations

import json
from typing import Any

import pytest

from keyguard.errors import ConfigError
from keyguard.model.silence import Baseline, Known
from keyguard.triage.baseline import parse_baseline, write_baseline

ENTRY = {"fingerprint": "0" * 32, "rule": "acme-key", "masked": "ac…", "paths": ["a.py"]}
HEAD: dict[str, Any] = {"keyguard_baseline": 1, "made_with": "a" * 40, "entries": [ENTRY]}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("{", "not a baseline"),
        ("[" * 100_000, "not a baseline"),
        ({}, "not a baseline of keyguard"),
        ([], "gitleaks"),
        ([{"RuleID": "x"}], "gitleaks"),
        ({"plugins_used": [], "results": {}}, "detect-secrets"),
        ({"findings": []}, "a keyguard report"),
        ({**HEAD, "keyguard_baseline": 2}, "schema 2, expected 1"),
        ({**HEAD, "keyguard_baseline": True}, "schema True"),
        ({**HEAD, "made_with": ""}, "salt"),
        ({**HEAD, "made_with": 7}, "salt"),
        ({**HEAD, "entries": {}}, "no list"),
        ({**HEAD, "entries": [7]}, "entry 1 is no object"),
        ({**HEAD, "entries": [{**ENTRY, "secret": "x"}]}, "unknown key 'secret'"),
        ({**HEAD, "entries": [{**ENTRY, "fingerprint": "x"}]}, "not 32 hex digits"),
        ({**HEAD, "entries": [ENTRY, {**ENTRY, "audit": "perhaps"}]}, "entry 2: audit"),
        ({**HEAD, "entries": [{**ENTRY, "paths": "a"}]}, "paths"),
        ({**HEAD, "entries": [{**ENTRY, "rule": None}]}, "rule is no text"),
    ],
)
def test_what_is_wrong_is_said(data: Any, problem: str) -> None:
    with pytest.raises(ConfigError, match=r"^b\.json: ") as caught:
        parse_baseline(data if isinstance(data, str) else json.dumps(data), "b.json")
    assert problem in str(caught.value)


def test_what_is_written_is_read() -> None:
    entries = (
        Known("1" * 32, "acme-key", "ac…", ("b.py",), "real", "ask Ann"),
        Known("0" * 32, "acme-key", "ad…", ("a.py", "größe.py"), "false"),
    )
    text = write_baseline(Baseline("b.json", "a" * 40, entries))
    assert parse_baseline(text, "b.json").entries == (entries[1], entries[0])
    assert text.count("\n") == 8
    assert text.isascii()


def test_an_empty_one() -> None:
    assert parse_baseline(write_baseline(Baseline("b.json", "a" * 40, ())), "b.json").entries == ()

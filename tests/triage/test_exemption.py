from __future__ import annotations

import pytest

from keyguard.model.silence import Exemption
from keyguard.triage.exemption import Place, compile_pattern, exempt, holds
from tests.rules import make_rule

PLACE = Place(
    "acme-key", "acme", b"src/a.py", "c0ffee", b"Sample-Value-9", b"key = Sample-Value-9", lambda: b"key = Sample"
)


def covers(**conditions: object) -> bool:
    return exempt([Exemption("config", "here", "why")._replace(**conditions)], PLACE) is not None  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"rules": ("other-key",), "values": ("Sample",)},
        {"rules": ("other-key",)},
        {"values": ("sample",)},
        {"stopwords": ("nothing",)},
        {"globs": ("*.js",)},
        {"paths": (r"\.js$",)},
        {"commits": ("abc",)},
        {"lines": ("^Sample",)},
        {"matches": ("Value",)},
        {"globs": ("*.py",), "values": ("nope",)},
        {"every": False, "globs": ("*.js",), "values": ("nope",)},
    ],
)
def test_does_not_cover(conditions: dict[str, object]) -> None:
    assert not covers(**conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        {"rules": ("acme-key",)},
        {"rules": ("acme",), "values": ("^Sample",)},
        {"stopwords": ("value",)},
        {"globs": ("src/",)},
        {"paths": (r"\.py$",)},
        {"commits": ("c0ffee",)},
        {"lines": ("^key",)},
        {"matches": ("^key",)},
        {"globs": ("*.py",), "values": ("Sample",)},
        {"every": False, "globs": ("*.js",), "values": ("Sample",)},
    ],
)
def test_covers(conditions: dict[str, object]) -> None:
    assert covers(**conditions)


def test_a_text_without_path_is_in_no_folder() -> None:
    assert exempt([Exemption("config", "here", paths=(".*",))], PLACE._replace(path=b"")) is None


def test_a_bad_pattern_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        compile_pattern("(")


def test_conditions_of_a_rule() -> None:
    rule = make_rule("x{8}")._replace(path=r"\.cfg$", keywords=("acme",))
    assert not holds(rule, b"a.txt", b"ACME")
    assert not holds(rule, b"a.cfg", b"nothing")
    assert holds(rule, b"a.cfg", b"the ACME key")

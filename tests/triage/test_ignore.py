from __future__ import annotations

import pytest

from keyguard.errors import ConfigError
from keyguard.triage.ignore import parse_ignore

PRINT = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"{PRINT} until", "is not a date"),
        (f"{PRINT} until tomorrow", "'tomorrow' is not a date"),
        (f"{PRINT} until 2027-02-30 # why", "'2027-02-30' is not a date"),
        (PRINT[:-1], "this one has 31"),
        (PRINT * 2, "this one has 64"),
        (f"{PRINT} because", "'because' after the fingerprint"),
        ("until 2027-01-01", "neither a fingerprint nor a path pattern"),
        ("/", "empty"),
        ("salt", "expected `salt TEXT`"),
        ("salt short", "expected `salt TEXT`"),
        ("salt two words", "expected `salt TEXT`"),
    ],
)
def test_malformed_lines_are_errors_with_their_place(line: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=r"^\.keyguardignore:2: ") as caught:
        parse_ignore(f"# head\n{line}\n", ".keyguardignore", b"/x")
    assert problem in str(caught.value)
    assert caught.value.hint


def test_a_second_salt_is_an_error() -> None:
    with pytest.raises(ConfigError, match="second salt"):
        parse_ignore("salt abcdefgh\nsalt abcdefgh\n", "f", b"/x")


def test_lines() -> None:
    dated = f"{PRINT.upper()}  until 2027-01-31  # a sample"
    text = f"\n# head\nsalt abcdefgh12 # of the team\n{dated}\ntests/**  # made up\n!a b.txt\n"
    file = parse_ignore(text, "f", b"/x")
    assert file.salt == "abcdefgh12"
    assert [(line.where, line.fingerprint, line.pattern, line.until, line.reason) for line in file.lines] == [
        ("f:4", PRINT, "", "2027-01-31", "a sample"),
        ("f:5", "", "tests/**", "", "made up"),
        ("f:6", "", "!a b.txt", "", ""),
    ]

"""Command lines that are read without click."""

from __future__ import annotations

import pytest

from keyguard.commands.plain import read_plainly
from keyguard.commands.scan import command
from keyguard.commands.wishes import Wishes


@pytest.mark.parametrize(
    "line",
    [
        "",
        "src config.env",
        "-",
        "a..b",
        "--quiet --config= --format=json src",
        "--pre-push --quiet origin git@example.test:a/b.git",
        "--pre-receive",
        "--commit-msg .git/COMMIT_EDITMSG",
        "-q -v --history --staged --show-secrets",
        "--quiet --verbose src -f json --format text -o r.json --output=-",
        "-j 2 --min-confidence low --config=a=b src",
        "--jobs=0 --min-confidence=high --config none.toml --config other.toml",
    ],
)
def test_the_same_as_click_reads(line: str) -> None:
    with command.make_context("scan", line.split()) as context:
        assert read_plainly(["scan", *line.split()]) == Wishes(**context.params)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hook run",
        "scan --help",
        "scan -qv",
        "scan -fjson",
        "scan -f=json",
        "scan --quiet=yes",
        "scan --format",
        "scan --format --quiet",
        "scan --format=none",
        "scan --min-confidence=sure",
        "scan --jobs=-1",
        "scan -j two",
        "scan --since=today",
        "scan -- src",
        "--debug scan",
    ],
)
def test_click_reads_the_rest(line: str) -> None:
    assert read_plainly(line.split()) is None

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from keyguard.git.message import Cleaning, cleaning, kept
from keyguard.git.place import Place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo

CUT = b"# ------------------------ >8 ------------------------\n"
STRIP = Cleaning(b"#", True)


@pytest.mark.parametrize(
    ("message", "how", "left"),
    [
        (b"a\n# b\nc\n", STRIP, b"a\n\nc\n"),
        (b"a\n # b\n", STRIP, b"a\n # b\n"),
        (b"a\r\n# b\r\nc", STRIP, b"a\r\n\r\nc"),
        (b"a\n# b\n", Cleaning(b"#", False), b"a\n# b\n"),
        (b"a\n" + CUT + b"# Do not touch the line above.\ndiff\n", STRIP, b"a\n"),
        (b"a\n" + CUT + b"# Do not touch the line above.\ndiff\n", Cleaning(b"#", False), b"a\n"),
        (b"a\n" + CUT + b"b\n", STRIP, b"a\n\nb\n"),  # drawn by a person
        (b"a\n# b\n; c\n", Cleaning(b";", True), b"a\n# b\n\n"),
        (b"a\n// c\n", Cleaning(b"//", True), b"a\n\n"),
        (b"# a\n; c\n; d\n", Cleaning(b"", True), b"# a\n\n\n"),
        (b"a\nb\n", Cleaning(b"", True), b"a\nb\n"),
        (b"", STRIP, b""),
    ],
)
def test_keeps_what_git_keeps(message: bytes, how: Cleaning, left: bytes) -> None:
    assert kept(message, how) == left


@pytest.mark.parametrize(
    ("settings", "edited", "expected"),
    [
        ({}, True, STRIP),
        ({}, False, Cleaning(b"#", False)),
        ({"commit.cleanup": "strip"}, False, STRIP),
        ({"commit.cleanup": "whitespace"}, True, Cleaning(b"#", False)),
        ({"core.commentChar": ";"}, True, Cleaning(b";", True)),
        ({"core.commentChar": "auto"}, True, Cleaning(b"", True)),
        ({"core.commentString": "//"}, True, Cleaning(b"//", True)),
    ],
)
def test_reads_settings(git_repo: Repo, settings: dict[str, str], edited: bool, expected: Cleaning) -> None:
    for name, value in settings.items():
        git_repo.git("config", name, value)
    assert cleaning(Place(str(git_repo.path), {**os.environ}), edited=edited) == expected


def test_needs_no_repository(tmp_path: Path) -> None:
    assert cleaning(Place(str(tmp_path)), edited=True) == STRIP

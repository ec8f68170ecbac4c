"""Containers are told by their first bytes."""

from __future__ import annotations

import pytest

from keyguard.sources.container_kinds import BZIP2, HEAD, kind_of
from tests.scan.crates import PACKERS


@pytest.mark.parametrize(
    "head",
    [b"", b"PK", b"Bzhello", b"BZhello world", b"7z", b"text", b"\x1f\x8b", b"(xyz", b"SQLite format 4\0", b"S" * HEAD],
)
def test_other_files_are_none(head: bytes) -> None:
    assert kind_of(head) == ""


@pytest.mark.parametrize("path", PACKERS)
def test_tells_containers(path: str) -> None:
    assert kind_of(PACKERS[path](b"text")[:HEAD])


def test_an_empty_bzip2_file_is_one() -> None:
    import bz2

    assert kind_of(bz2.compress(b"")) == BZIP2

"""The closing lines."""

from __future__ import annotations

import pytest

from keyguard.model import Stats
from keyguard.report.summary import size_text
from tests.report.sample import clean_report, written


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (5 << 20, "5.0 MiB"),
        (3 << 30, "3.0 GiB"),
        (2 << 40, "2.0 TiB"),
        (5000 << 40, "5000.0 TiB"),
    ],
)
def test_size_text(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("stats", "line"),
    [
        (Stats(), "read nothing, 0 B, in 0.00 s"),
        (Stats(files=1, content=9, scanned=9, seconds=0.5), "read 1 file, 9 B, in 0.50 s"),
        (
            Stats(objects=262343, files=2, content=2048, scanned=1024, seconds=3.456),
            "read 262,343 objects and 2 files, 2.0 KiB (1.0 KiB of it scanned), in 3.46 s",
        ),
    ],
)
def test_what_was_read(stats: Stats, line: str) -> None:
    assert written(clean_report()._replace(stats=stats), "text").splitlines()[0] == line

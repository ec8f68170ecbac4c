from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.git.place import Place
from keyguard.scan.message import scan_message
from tests.scan.planting import token

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.scan.options import ScanOptions

CUT = b"# ------------------------ >8 ------------------------\n# Do not modify or remove the line above.\n"


@pytest.mark.parametrize(
    ("before", "edited", "found"),
    [(b"# ", True, 0), (CUT, True, 0), (b"# ", False, 1), (b"", True, 1), (b"Subject\n\n", False, 1)],
)
def test_scans_what_git_keeps(tmp_path: Path, options: ScanOptions, before: bytes, edited: bool, found: int) -> None:
    message = before + token("in a message") + b"\n"
    report = scan_message(Place(str(tmp_path)), message, options, edited=edited)
    assert len(report.findings) == found
    for finding in report.findings:
        location = finding.occurrences[0].location
        assert location.kind == "commit"
        assert message[location.start : location.end] == token("in a message")

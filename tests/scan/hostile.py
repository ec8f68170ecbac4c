"""What the tests of hostile stores share."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from tests.scan.planting import sights

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Report
    from tests.repositories import Repo


def packs(repo: Repo) -> Path:
    return repo.git_dir / "objects" / "pack"


def write_loose(repo: Repo, kind: bytes, content: bytes, name: str = "", size: int = -1) -> str:
    """Writes a loose object, under a name that may be a lie, with a size that may be one."""
    raw = b"%s %d\0" % (kind, len(content) if size < 0 else size) + content
    name = name or hashlib.sha1(raw).hexdigest()
    repo.loose(name).parent.mkdir(exist_ok=True)
    repo.loose(name).write_bytes(zlib.compress(raw))
    return name


def skipped(report: Report) -> str:
    return "\n".join(f"{skip.what}: {skip.reason}" for skip in report.skipped if not skip.complete)


def check(report: Report, found: set[bytes], named: set[str]) -> None:
    """Just these secrets; and each of the names is told of, or the scan is complete where there are none."""
    assert set(sights(report)) == found
    assert report.complete == (not named)
    for name in named:
        assert name in skipped(report)
    assert report.exit_code == (3 if named else 1 if found else 0)

"""A value that is given to a name that promises a secret is found in every common syntax, by the command's own scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.scan.tree import scan_tree
from tests.scan.syntaxes import PARTS, SYNTAXES, VALUES

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.scan.options import ScanOptions


def _written(text: str) -> bytes:
    for mark, value in (VALUES | PARTS).items():
        text = text.replace(mark, value)
    return text.encode()


@pytest.fixture
def found(tmp_path: Path, options: ScanOptions) -> dict[str, set[str]]:
    """By path the values that one scan of all texts reports at its default confidence."""
    for syntax in SYNTAXES.values():
        place = tmp_path / syntax.path
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(_written(syntax.text))
    out: dict[str, set[str]] = {}
    for finding in scan_tree([tmp_path], options._replace(use_git=False)).findings:
        for occurrence in finding.occurrences:
            path = occurrence.location.path.decode().replace("\\", "/")
            out.setdefault(path, set()).add(finding.secret.reveal().decode())
    return {path.rpartition(f"{tmp_path.name}/")[2]: values for path, values in out.items()}


def test_every_syntax(found: dict[str, set[str]]) -> None:
    missed = [name for name, syntax in SYNTAXES.items() if not found.get(syntax.path, set()) & set(VALUES.values())]
    assert not missed

"""Secrets in file names, whose triggers an engine may see go on into the rest of a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from tests.providers.files import provider_file

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo

SECRETS = [f"zq{letter}bcdefghijk{letter}" for letter in "nrw"]


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("engine", ["hyperscan", "portable"])
@pytest.mark.parametrize("trigger", [r"zq[^\n]{1,40}", r"zq[a-z][^\n]{0,90}?[^\n]"])
def test_each_name_is_found(
    git_repo: Repo, tmp_path: Path, engine: str, trigger: str, packed: bool, options: ScanOptions
) -> None:
    made = {"pattern": "'zq[a-z]{12}'", "trigger": f"'{trigger}'", "examples": "['{secret:zq[a-z]{12}}']"}
    rules = provider_file(tmp_path, **made)
    for number, secret in enumerate(SECRETS):
        git_repo.commit({f"{secret}.txt": f"{number}\n", f"d{number}/x-{secret}": "", f"x/{number}/{secret}/y": ""})
    if packed:
        git_repo.repack()
    report = scan_history(str(git_repo.path), options._replace(engine=engine, rules=(rules,)))
    places = {place.location.path.decode() for finding in report.findings for place in finding.occurrences}
    expected = [
        {f"{secret}.txt", f"d{number}/x-{secret}", f"x/{number}/{secret}"} for number, secret in enumerate(SECRETS)
    ]
    assert places == set().union(*expected)

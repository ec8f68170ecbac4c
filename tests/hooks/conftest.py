"""The person and the secret that tests of hooks share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.hooks.person import Person, person_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


@pytest.fixture
def person(git_repo: Repo, tmp_path: Path) -> Person:
    """At an empty repository, with keyguard installed."""
    if sys.platform == "win32":
        pytest.skip("the launcher is a shell script")
    return person_at(git_repo, tmp_path / "programs")

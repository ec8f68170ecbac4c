"""What the scans of a test run share: the options, with compiled rules kept, and one repository full of secrets."""

from __future__ import annotations

import pytest

from keyguard.scan.options import ScanOptions
from tests.caging import enclose
from tests.repositories import Repo
from tests.scan.beds import plant_all
from tests.scan.planting import Garden


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> ScanOptions:
    """The default options in one process."""
    return ScanOptions(cache=tmp_path_factory.mktemp("cache"), jobs=1)


@pytest.fixture(scope="session")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Garden:
    """A repository with a secret in every place. All objects are loose; do not change it."""
    with pytest.MonkeyPatch.context() as patch:
        enclose(tmp_path_factory.mktemp("home"), tmp_path_factory.getbasetemp(), patch)
        made = Garden(Repo(tmp_path_factory.mktemp("garden")))
        plant_all(made)
    return made

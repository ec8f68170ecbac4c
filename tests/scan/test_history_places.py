"""A secret in any place of a repository is found, and said to be where it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from tests.repositories import Repo
from tests.scan.planting import sights, token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.scan.options import ScanOptions
    from tests.scan.planting import Garden


class Copy(Repo):
    """A copy of a repository, to be packed in another way."""

    def __init__(self, path: Path, of: Repo) -> None:
        shutil.copytree(of.path, path, symlinks=True)
        super().__init__(path)


def loose(repo: Repo) -> None:
    assert not list(repo.git_dir.glob("objects/pack/*.pack"))


def one_pack(repo: Repo) -> None:
    _pack(repo, _names(repo))
    assert not list(repo.git_dir.glob("objects/??/*"))


def packs_and_loose(repo: Repo) -> None:
    """A third of the objects in each of two packs, whatever they are, and the last third loose."""
    names = _names(repo)
    _pack(repo, names[::3])
    _pack(repo, names[1::3])
    assert list(repo.git_dir.glob("objects/??/*"))
    assert len(list(repo.git_dir.glob("objects/pack/*.pack"))) == 2


def _names(repo: Repo) -> list[str]:
    return repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()


def _pack(repo: Repo, names: list[str]) -> None:
    """git gives every blob one path here, so that small blobs are stored as deltas too."""
    rows = "".join(f"{name} x\n" for name in names)
    repo.git("pack-objects", "--quiet", "--depth=50", "--window=50", ".git/objects/pack/pack", stdin=rows.encode())
    repo.git("prune-packed")


LAYOUTS = [loose, one_pack, packs_and_loose]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_place(layout: Callable[[Repo], None], garden: Garden, tmp_path: Path, options: ScanOptions) -> None:
    repo = Copy(tmp_path / "copy", garden.repo)
    layout(repo)
    report = scan_history(str(repo.path), options)
    assert not report.skipped
    found = sights(report)
    for place, places in garden.sown.items():
        assert (place, found.get(token(place))) == (place, sorted(places))
    assert set(found) == {token(place) for place in garden.sown}


def test_every_setting_gives_the_same(garden: Garden, tmp_path: Path, options: ScanOptions) -> None:
    repo = Copy(tmp_path / "copy", garden.repo)
    one_pack(repo)
    usual = scan_history(str(repo.path), options).findings
    settings = [
        options._replace(jobs=2),
        options._replace(delta=False),
        options._replace(engine="portable"),
        options._replace(memory=1),
        options._replace(max_object=64),
    ]
    for other in settings:
        assert scan_history(str(repo.path), other).findings == usual, other

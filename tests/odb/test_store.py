"""The object store: everything is found wherever it lies, and what cannot be opened is told."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from keyguard.odb.store import Store, open_store
from tests.odb.crafting import blob, write_pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo

posix = pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")


def names(store: Store) -> set[str]:
    return {pack.name(number) for pack in store.packs for number in range(len(pack))} | store.loose.keys()


def told(store: Store) -> dict[str, str]:
    return {os.path.basename(skip.what): skip.reason for skip in store.broken}


def objects(repo: Repo) -> Path:
    return repo.git_dir / "objects"


def test_a_broken_pack_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    write_pack(tmp_path / "pack", [blob(b"a")], name="a")
    write_pack(tmp_path / "pack", [blob(b"b")], name="b").write_bytes(b"")
    write_pack(tmp_path / "pack", [blob(b"c")], name="c").with_suffix(".idx").write_bytes(b"PACK")
    write_pack(tmp_path / "pack", [blob(b"d")], name="d").unlink()
    write_pack(tmp_path / "pack", [blob(b"e")], name="e").with_suffix(".idx").unlink()
    store = open_store(tmp_path, 20)
    assert names(store) == {blob(b"a").name.hex()}
    assert told(store).keys() == {f"pack-{name}.pack" for name in "bcde"}
    assert all(not skip.complete for skip in store.broken)


def test_damage_to_a_pack_as_a_whole_is_told(tmp_path: Path) -> None:
    path = write_pack(tmp_path / "pack", [blob(b"a")])
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    store = open_store(tmp_path, 20)
    assert len(store.packs) == 1
    assert "checksum" in told(store)["pack-crafted.pack"]


@posix
@pytest.mark.parametrize("name", ["pack", "info/alternates", "ab"])
def test_what_cannot_be_listed_is_told(git_repo: Repo, name: str) -> None:
    git_repo.commit({"a": "1"})
    place = objects(git_repo) / name
    if place.is_dir():
        place.rename(place.with_name("moved"))
    place.symlink_to(place.name)
    store = open_store(objects(git_repo), 20)
    assert os.path.basename(name) in told(store)
    assert git_repo.head() in names(store)


def test_other_files_beside_packs(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    git_repo.repack()
    for name in ("tmp_pack_x", "pack-x.keep", "pack-x.rev", "pack-x.bitmap", "multi-pack-index"):
        (objects(git_repo) / "pack" / name).write_bytes(b"?")
    assert open_store(objects(git_repo), 20).broken == []


def test_nothing_at_all(tmp_path: Path) -> None:
    assert open_store(tmp_path / "gone", 20) == Store([], {}, [])


def test_packs_and_loose_objects_once_each(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    git_repo.git("repack", "-q")
    git_repo.commit({"a": "2"})
    git_repo.git("repack", "-q")
    packed = git_repo.head()
    git_repo.commit({"a": "3"})
    store = open_store(objects(git_repo), 20)
    assert len(store.packs) == 2
    assert packed not in store.loose
    assert git_repo.head() in store.loose
    shown = git_repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()
    assert names(store) == set(shown)


@pytest.mark.parametrize("form", ["{}", "# comment\n\n{}\n", '"{}"'])
@pytest.mark.parametrize("relative", [False, True])
def test_alternates(new_repo: Callable[..., Repo], form: str, relative: bool) -> None:
    lender, borrower = new_repo("lender"), new_repo("borrower")
    lender.commit({"a": "lent"})
    place = os.path.relpath(objects(lender), objects(borrower)) if relative else str(objects(lender))
    (objects(borrower) / "info" / "alternates").write_text(form.format(place), encoding="utf-8")
    store = open_store(objects(borrower), 20)
    assert lender.head() in names(store)
    assert store.broken == []


def test_alternates_of_alternates_and_in_a_circle(new_repo: Callable[..., Repo]) -> None:
    first, second, third = (new_repo(name) for name in "abc")
    for repo, other in ((first, second), (second, third), (third, first)):
        repo.commit({"file": repo.path.name})
        (objects(repo) / "info" / "alternates").write_text(f"{objects(other)}\n{objects(repo)}\n", encoding="utf-8")
    store = open_store(objects(first), 20)
    assert {repo.head() for repo in (first, second, third)} <= names(store)
    assert store.broken == []


@pytest.mark.parametrize("content", [b"/no/such/folder\n", b"../../nothing here\n", b"\xff\xfe\n", b"a\0b\n"])
def test_alternates_that_lead_nowhere_are_told(git_repo: Repo, content: bytes) -> None:
    git_repo.commit({"a": "1"})
    (objects(git_repo) / "info" / "alternates").write_bytes(content)
    store = open_store(objects(git_repo), 20)
    assert [skip.reason for skip in store.broken] == ["the alternate object store is missing"]
    assert git_repo.head() in names(store)

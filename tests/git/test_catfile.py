"""Reading objects one by one, past all that may be wrong with them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import ObjectError
from keyguard.git.catfile import CatFile
from keyguard.git.repository import Repository, find_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo


def opened(repo: Repo) -> Repository:
    found = find_repository(repo.path)
    assert found is not None
    return found


@pytest.mark.parametrize("oid", ["", "HEAD", "0" * 39, "g" * 40, "0" * 40 + "\n" + "0" * 40])
def test_only_ids_are_asked(git_repo: Repo, oid: str) -> None:
    git_repo.commit({"a": "1"})
    with CatFile(opened(git_repo)) as reader, pytest.raises(ObjectError, match="not an object id"):
        reader.read(oid)


def test_missing_objects_do_not_end_it(git_repo: Repo) -> None:
    blob = git_repo.blob(b"here")
    with CatFile(opened(git_repo)) as reader:
        for _ in range(2):
            with pytest.raises(ObjectError, match="not in this repository"):
                reader.read("1" * 40)
            assert reader.read(blob) == ("blob", b"here")


@pytest.mark.parametrize(
    "damage", [b"not zlib", zlib.compress(b"blob 900\0short"), b"", zlib.compress(b"blub 4\0text")]
)
def test_damaged_objects_do_not_end_it(git_repo: Repo, damage: bytes) -> None:
    good, bad = git_repo.blob(b"good"), git_repo.blob(b"bad")
    git_repo.loose(bad).chmod(0o644)
    git_repo.loose(bad).write_bytes(damage)
    with CatFile(opened(git_repo)) as reader:
        for _ in range(2):
            with pytest.raises(ObjectError):
                reader.read(bad)
            with pytest.raises(ObjectError):
                list(reader.pieces(bad, 1000, 10))
            assert reader.read(good) == ("blob", b"good")


def test_promised_objects_are_not_fetched(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit({"a": "1"})
    git_repo.git("config", "uploadpack.allowFilter", "true")
    origin = git_repo.path.resolve().as_uri()
    git_repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", origin, str(tmp_path / "partial"))
    partial = find_repository(tmp_path / "partial")
    assert partial is not None
    with CatFile(partial) as reader:
        for _ in range(2):
            with pytest.raises(ObjectError):
                reader.read(git_repo.head("HEAD:a"))
        assert reader.read(git_repo.head())[0] == "commit"


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_all_kinds(new_repo: Callable[..., Repo], object_format: str) -> None:
    repo = new_repo("repo", object_format=object_format)
    commit = repo.commit({"a": b"\0\n\xff\n"})
    tag = repo.tag("v1", "one")
    with CatFile(opened(repo)) as reader:
        assert reader.read(repo.head("HEAD:a")) == ("blob", b"\0\n\xff\n")
        assert reader.read(repo.blob(b"")) == ("blob", b"")
        assert reader.read(repo.head("HEAD^{tree}"))[0] == "tree"
        assert reader.read(commit)[1].endswith(b"\n\nchange\n")
        assert reader.read(tag)[1].endswith(b"\n\none\n")


def test_replaced_objects_are_read_as_stored(git_repo: Repo) -> None:
    first, second = git_repo.blob(b"first"), git_repo.blob(b"second")
    git_repo.git("replace", first, second)
    with CatFile(opened(git_repo)) as reader:
        assert reader.read(first) == ("blob", b"first")


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 190, 191, 1000, 300_000])
def test_pieces_make_the_whole(git_repo: Repo, size: int) -> None:
    content = bytes(number * 7 % 251 for number in range(size))
    blob = git_repo.blob(content)
    with CatFile(opened(git_repo)) as reader:
        pieces = list(reader.pieces(blob, 100, 10))
        assert reader.read(blob) == ("blob", content)
    assert all(content[start : start + 100] == piece for start, piece in pieces)
    assert b"".join(piece[10 if start else 0 :] for start, piece in pieces) == content


def test_pieces_left_early(git_repo: Repo) -> None:
    large, small = git_repo.blob(b"x" * 1_000_000), git_repo.blob(b"small")
    with CatFile(opened(git_repo)) as reader:
        for _ in reader.pieces(large, 100, 10):
            break
        assert reader.read(small) == ("blob", b"small")

"""Objects that are broken, lie about their names, or are gone: the scan ends, and tells."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from tests.odb.crafting import Stored, name_of, write_pack
from tests.program import environment
from tests.scan.hostile import check, packs, skipped, write_loose
from tests.scan.planting import sights, text, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.model import Report
    from keyguard.scan import ScanOptions
    from tests.repositories import Repo


@pytest.fixture
def scan(options: ScanOptions) -> Callable[[Repo], Report]:
    return lambda repo: scan_history(str(repo.path), options)


# Loose objects.


@pytest.mark.parametrize("damage", [b"", b"not zlib", zlib.compress(b"blub 3\0abc"), zlib.compress(b"blob 9\0abc")])
def test_a_broken_loose_object(git_repo: Repo, scan: Callable[[Repo], Report], damage: bytes) -> None:
    git_repo.commit({"a": text("fine"), "b": text("broken")})
    bad = git_repo.head("HEAD:b")
    git_repo.loose(bad).chmod(0o644)
    git_repo.loose(bad).write_bytes(damage)
    check(scan(git_repo), {token("fine")}, {bad})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("place", ["pack/pack-x.pack", "pack/pack-x.idx", "info/alternates", "aa/" + "b" * 38])
def test_pipes_are_not_waited_for(git_repo: Repo, place: str) -> None:
    path = git_repo.git_dir / "objects" / place
    path.parent.mkdir(exist_ok=True)
    git_repo.blob(text("fine"))
    os.mkfifo(path)
    program = (
        "import pathlib, sys; from keyguard.odb.store import open_store as o; print(o(pathlib.Path(sys.argv[1]), 20))"
    )
    command = [sys.executable, "-c", program, str(git_repo.git_dir / "objects")]
    done = subprocess.run(command, env=environment(), capture_output=True, timeout=30, check=True)
    assert b"not a file" in done.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"tree zzzz\n\nx",
        b"no header",
        b"tree " + b"1" * 40 + b"\nparent x\n\n",
        b"tree " + b"1" * 39,
        b"\xff" * 99,
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_commits_that_are_none(git_repo: Repo, scan: Callable[[Repo], Report], content: bytes, packed: bool) -> None:
    git_repo.commit({"a": text("fine")})
    content += b"\n\n" + text("in a message")
    if packed:
        name = name_of(1, content).hex()
        write_pack(packs(git_repo), [Stored(bytes.fromhex(name), 1, content)])
    else:
        name = write_loose(git_repo, b"commit", content)
    check(scan(git_repo), {token("fine"), token("in a message")}, {f"commit {name}"})


# Objects that lead in circles, because nobody has looked whether their names are right.


def test_a_tree_of_itself(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    tree, secret = "ab" * 20, git_repo.blob(text("in a ring"))
    entries = b"100644 key\0" + bytes.fromhex(secret) + b"40000 sub\0" + bytes.fromhex(tree)
    write_loose(git_repo, b"tree", entries, tree)
    write_loose(git_repo, b"commit", b"tree %s\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nm" % tree.encode())
    report = scan(git_repo)
    paths = {sight.path for sight in sights(report)[token("in a ring")]}
    assert {b"key", b"sub/key", b"sub/sub/key"} <= paths
    assert len(paths) <= 1000
    assert any("paths" in skip.reason and skip.complete for skip in report.skipped)


def test_a_ring_of_commits_and_one_of_tags(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    git_repo.commit({"a": text("fine")})
    tree = git_repo.head("HEAD^{tree}").encode()
    for name, other in (("c1" * 20, "c2" * 20), ("c2" * 20, "c1" * 20)):
        content = b"tree %s\nparent %s\ncommitter A <a> 1 +0000\n\n" % (tree, other.encode()) + text(name)
        write_loose(git_repo, b"commit", content, name)
    for name, other in (("d1" * 20, "d2" * 20), ("d2" * 20, "d1" * 20)):
        write_loose(git_repo, b"tag", b"object %s\ntype tag\ntag x\n\n" % other.encode() + text(name), name)
    (git_repo.git_dir / "refs" / "tags" / "ring").write_text("d1" * 20 + "\n", encoding="ascii")
    found = {token(name) for name in ("fine", "c1" * 20, "c2" * 20, "d1" * 20, "d2" * 20)}
    assert set(sights(scan(git_repo))) == found


def test_a_git_bomb(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    """Ten trees, each with ten entries that name the next: ten billion paths to one blob."""
    inner, kind = git_repo.blob(text("in a bomb")), "100644 blob"
    for _ in range(10):
        rows = "".join(f"{kind} {inner}\tf{number}\n" for number in range(10))
        inner, kind = git_repo.git("mktree", stdin=rows.encode()), "040000 tree"
    git_repo.git("update-ref", "HEAD", git_repo.git("commit-tree", "-m", "bomb", inner))
    git_repo.repack()
    report = scan(git_repo)
    check(report, {token("in a bomb")}, set())
    assert len(sights(report)[token("in a bomb")]) == 1000
    assert "more than 1000 paths" in " ".join(skip.reason for skip in report.skipped)


# What is not there.


def test_missing_objects_are_told(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    first = git_repo.commit({"a": "1"})
    git_repo.commit({"a": text("fine")})
    git_repo.loose(first).unlink()
    check(scan(git_repo), {token("fine")}, {"1 objects: commits name them, but they are missing", first})


def test_a_missing_tree_is_told(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    git_repo.commit({"a": text("fine")})
    tree = git_repo.head("HEAD^{tree}")
    git_repo.repack()
    git_repo.commit({"b": "1"})
    gone = git_repo.head("HEAD^{tree}")
    git_repo.loose(gone).unlink()
    report = scan(git_repo)
    check(report, {token("fine")}, {gone})
    assert tree not in skipped(report)


@pytest.mark.parametrize("packed", [False, True])
def test_refs_to_nothing_are_told(git_repo: Repo, scan: Callable[[Repo], Report], packed: bool) -> None:
    git_repo.commit({"a": text("fine")})
    gone = git_repo.commit({"a": "2"})
    git_repo.tag("lost")
    tag = git_repo.tag("broken", "message")
    git_repo.git("reset", "--quiet", "--hard", "HEAD~")
    if packed:
        git_repo.git("pack-refs", "--all")
    git_repo.loose(gone).unlink()
    git_repo.loose(tag).chmod(0o644)
    git_repo.loose(tag).write_bytes(b"not zlib")
    check(scan(git_repo), {token("fine")}, {"refs/tags/lost", gone, tag})


def test_a_first_commit_without_files_misses_nothing(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    git_repo.git(
        "update-ref", "HEAD", git_repo.git("commit-tree", "-m", "m", "4b825dc642cb6eb9a060e54bf8d69288fbee4904")
    )
    check(scan(git_repo), set(), set())


def test_a_shallow_clone_misses_nothing(
    git_repo: Repo, new_repo: Callable[..., Repo], scan: Callable[[Repo], Report]
) -> None:
    git_repo.commit({"a": "1"})
    git_repo.commit({"a": text("fine")})
    clone = new_repo("clone")
    clone.git("fetch", "--quiet", "--depth=1", git_repo.path.as_uri(), "main:copy")
    check(scan(clone), {token("fine")}, set())

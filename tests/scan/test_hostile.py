"""Stores that are damaged, or made to do harm: what can be read is scanned, what cannot is named, nothing hangs."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.scan.history import scan_history
from tests.odb.crafting import (
    BLOB,
    NAME_DELTA,
    OFFSET_DELTA,
    Stored,
    blob,
    copy,
    delta,
    index,
    insert,
    name_of,
    write_pack,
)
from tests.scan.hostile import check, packs, write_loose
from tests.scan.planting import sights, text, token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.model import Report
    from keyguard.scan import ScanOptions
    from tests.repositories import Repo

BASE = text("base") * 3


@pytest.fixture
def scan(options: ScanOptions) -> Callable[[Repo], Report]:
    return lambda repo: scan_history(str(repo.path), options)


# Repositories that are none, or hardly any.


def test_not_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="is not a git repository") as caught:
        scan_history(str(tmp_path))
    assert caught.value.exit_code == 2
    assert caught.value.hint


@pytest.mark.parametrize("bare", [False, True])
def test_without_commits(new_repo: Callable[..., Repo], scan: Callable[[Repo], Report], bare: bool) -> None:
    repo = new_repo("empty", bare=bare)
    check(scan(repo), set(), set())
    repo.blob(text("staged only"))
    check(scan(repo), {token("staged only")}, set())


# Packs made by hand, each beside a commit that must be scanned all the same.


@pytest.mark.parametrize("kind", [NAME_DELTA, OFFSET_DELTA])
def test_a_delta_cycle(git_repo: Repo, scan: Callable[[Repo], Report], kind: int) -> None:
    git_repo.commit({"a": text("fine")})
    change = delta(9, 9, copy(0, 9))
    ring = [bytes([number]) * 20 for number in range(1, 4)]
    bases = (1, 2, 0) if kind == NAME_DELTA else (0, 1, 2)
    objects = [Stored(name, kind, change, base) for name, base in zip(ring, bases)]
    hanger = Stored(b"\x44" * 20, NAME_DELTA, change, 0)
    write_pack(packs(git_repo), [*objects, hanger, blob(text("in the pack"))])
    check(scan(git_repo), {token("fine"), token("in the pack")}, {name.hex() for name in (*ring, hanger.name)})


@pytest.mark.parametrize(
    "change",
    [b"", delta(5, 9, copy(0, 9)), delta(len(BASE), 9, insert(b"x")), delta(len(BASE), 9, b"\x91"),
     delta(len(BASE), 1, b"\0"), delta(len(BASE), 9, copy(1 << 20, 9)), delta(len(BASE), 1 << 60, copy(0, 9))],
    ids=["empty", "another base", "too short", "cut", "reserved", "outside", "2^60"],
)  # fmt: skip
def test_a_broken_delta_of_a_secret(git_repo: Repo, scan: Callable[[Repo], Report], change: bytes) -> None:
    """Nothing is inherited by it, and what hangs beside it is read."""
    bad = Stored(b"\x55" * 20, OFFSET_DELTA, change, 0)
    child = Stored(b"\x66" * 20, OFFSET_DELTA, delta(9, 9, copy(0, 9)), 1)
    good = Stored(name_of(BLOB, BASE[5:]), OFFSET_DELTA, delta(len(BASE), len(BASE) - 5, copy(5, len(BASE) - 5)), 0)
    write_pack(packs(git_repo), [blob(BASE), bad, child, good])
    report = scan(git_repo)
    check(report, {token("base")}, {"55" * 20, "66" * 20})
    objects = {
        place.provenance.object for finding in report.findings for place in finding.occurrences if place.provenance
    }
    assert objects <= {name_of(BLOB, BASE).hex(), good.name.hex()}


@pytest.mark.parametrize("size", [0, 10, 1 << 31, 1 << 59])
def test_sizes_that_are_lies(git_repo: Repo, scan: Callable[[Repo], Report], size: int) -> None:
    """Among them a bomb: a small stream that becomes far more than it declares."""
    git_repo.commit({"a": text("fine")})
    bomb = Stored(b"\x77" * 20, BLOB, b"", size=size, packed=zlib.compress(bytes(30 << 20), 1))
    write_pack(packs(git_repo), [bomb, blob(text("in the pack"))])
    loose = write_loose(git_repo, b"blob", b"x" * 9, size=size or 5)
    check(scan(git_repo), {token("fine"), token("in the pack")}, {"77" * 20, loose})


def test_a_bomb_that_declares_itself_is_scanned_in_pieces(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    write_loose(git_repo, b"blob", bytes(100 << 20) + b"\n" + text("behind a bomb"))
    check(scan(git_repo), {token("behind a bomb")}, set())


def test_a_chain_of_5000_hands_its_secret_down(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    objects = [blob(text("root") + b"%4d" % 0)]
    for number in range(1, 5000):
        content = text("root") + b"%4d" % number
        change = delta(len(content), len(content), copy(0, len(content) - 4), insert(content[-4:]))
        objects.append(Stored(name_of(BLOB, content), OFFSET_DELTA, change, number - 1))
    write_pack(packs(git_repo), objects)
    rows = [("100644", "blob", objects[-1].name.hex(), "deepest")]
    tree = git_repo.git("mktree", stdin="".join(f"{m} {k} {n}\t{f}\n" for m, k, n, f in rows).encode())
    git_repo.git("update-ref", "HEAD", git_repo.git("commit-tree", "-m", "m", tree))
    report = scan(git_repo)
    check(report, {token("root")}, set())
    assert b"deepest" in {sight.path for sight in sights(report)[token("root")]}


def test_an_index_that_points_outside(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    path = write_pack(packs(git_repo), [blob(text("in the pack"))])
    data = path.read_bytes()
    rows = [(blob(text("in the pack")).name, 12, zlib.crc32(data[12:-20])), (b"\x77" * 20, 1 << 40, 0)]
    path.with_suffix(".idx").write_bytes(index(rows, data[-20:]))
    check(scan(git_repo), {token("in the pack")}, {"77" * 20, str(path)})


@pytest.mark.parametrize("damage", [b"", b"\xfftOc", b"no index at all" * 100, b"\xfftOc\0\0\0\3" + bytes(2000)])
def test_a_broken_index_takes_its_pack_only(git_repo: Repo, scan: Callable[[Repo], Report], damage: bytes) -> None:
    git_repo.commit({"a": text("fine")})
    path = write_pack(packs(git_repo), [blob(text("in the pack"))])
    path.with_suffix(".idx").write_bytes(damage)
    check(scan(git_repo), {token("fine")}, {str(path)})


# Damage where git still has another copy.


def test_a_copy_elsewhere_makes_it_whole(git_repo: Repo, scan: Callable[[Repo], Report]) -> None:
    for version in range(5):
        git_repo.commit({"a": text("fine") + b"%d\n" % version, f"dir/{version}": text(f"file {version}")})
    clean = sights(scan(git_repo))
    git_repo.git("repack", "-aq")
    assert sights(scan(git_repo)) == clean
    pack = next(packs(git_repo).glob("*.pack"))
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    for place in range(40, len(data) - 40, 25):
        data[place] ^= 0x55
    pack.write_bytes(data)
    report = scan(git_repo)
    assert report.complete
    assert sights(report) == clean

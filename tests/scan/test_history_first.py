"""The commit that is named is the one that brought the secret to its path."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from tests.scan.planting import ADA, Garden, Sight, Stamp, sights, text, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo

    Look = Callable[[], list[Sight]]

SECRET = token("secret")
TEXT = text("secret")


@pytest.fixture
def garden(git_repo: Repo) -> Garden:
    return Garden(git_repo)


@pytest.fixture
def look(garden: Garden, options: ScanOptions) -> Look:
    """The places of the one secret; loose objects and one pack of deltas must tell the same."""

    def scan() -> list[Sight]:
        found = sights(scan_history(str(garden.repo.path), options))
        garden.repo.repack()
        assert sights(scan_history(str(garden.repo.path), options)) == found
        assert set(found) == {SECRET}
        return found[SECRET]

    return scan


def seen(stamp: Stamp, path: str, state: str, line: int = 2) -> Sight:
    return Sight("file", path.encode(), line, 7, stamp.commit, ADA, stamp.date, state)


def test_untouched_for_long(garden: Garden, look: Look) -> None:
    garden.commit({"other.txt": "0"})
    brought = garden.commit({"a.txt": TEXT})
    for number in range(5):
        garden.commit({"other.txt": f"{number}"})
    assert look() == [seen(brought, "a.txt", "head")]


def test_line_at_the_first_commit(garden: Garden, look: Look) -> None:
    brought = garden.commit({"a.txt": TEXT})
    garden.commit({"a.txt": b"new\n" * 5 + TEXT})
    assert look() == [seen(brought, "a.txt", "head")]


def test_twice_in_a_file(garden: Garden, look: Look) -> None:
    brought = garden.commit({"a.txt": TEXT + TEXT})
    assert look() == [seen(brought, "a.txt", "head"), seen(brought, "a.txt", "head", 25)]


def test_renamed(garden: Garden, look: Look) -> None:
    brought = garden.commit({"old.txt": TEXT})
    garden.repo.git("mv", "old.txt", "new.txt")
    renamed = garden.commit()
    assert look() == sorted([seen(brought, "old.txt", "history"), seen(renamed, "new.txt", "head")])


def test_renamed_folder(garden: Garden, look: Look) -> None:
    """The tree of the folder is the same object under both names."""
    brought = garden.commit({"old/deep/a.txt": TEXT, "old/b.txt": "b"})
    garden.commit({"c.txt": "c"})
    garden.repo.git("mv", "old", "new")
    renamed = garden.commit()
    garden.commit({"d.txt": "d"})
    assert look() == sorted([seen(brought, "old/deep/a.txt", "history"), seen(renamed, "new/deep/a.txt", "head")])


def test_renamed_and_back(garden: Garden, look: Look) -> None:
    brought = garden.commit({"a.txt": TEXT})
    garden.repo.git("mv", "a.txt", "b.txt")
    renamed = garden.commit()
    garden.repo.git("mv", "b.txt", "a.txt")
    garden.commit()
    assert look() == [seen(brought, "a.txt", "head"), seen(renamed, "b.txt", "history")]


def test_copied_in_one_commit(garden: Garden, look: Look) -> None:
    brought = garden.commit({"a.txt": TEXT, "x/a.txt": TEXT, "x/y.txt": TEXT})
    assert look() == [seen(brought, path, "head") for path in ("a.txt", "x/a.txt", "x/y.txt")]


def test_reverted(garden: Garden, look: Look) -> None:
    garden.commit({"a.txt": "clean\n"})
    brought = garden.commit({"a.txt": TEXT})
    garden.repo.git("revert", "--no-edit", "HEAD")
    garden.commit({"b.txt": "b"})
    assert look() == [seen(brought, "a.txt", "history")]


def test_reverted_and_added_again(garden: Garden, look: Look) -> None:
    garden.commit({"a.txt": "clean\n"})
    brought = garden.commit({"a.txt": TEXT})
    garden.commit({"a.txt": "clean\n"})
    garden.commit({"a.txt": TEXT})
    assert look() == [seen(brought, "a.txt", "head")]


def test_added_again_in_another_text(garden: Garden, look: Look) -> None:
    """It is the same secret, though the blob that holds it now is younger."""
    brought = garden.commit({"a.txt": TEXT})
    garden.commit({"a.txt": None})
    garden.commit({"a.txt": b"another\n" + TEXT})
    assert look() == [seen(brought, "a.txt", "head")]


def test_file_becomes_a_folder(garden: Garden, look: Look) -> None:
    brought = garden.commit({"a": TEXT})
    garden.commit({"a": None})
    moved = garden.commit({"a/a": TEXT})
    assert look() == [seen(brought, "a", "history"), seen(moved, "a/a", "head")]


def test_clock_runs_backwards(garden: Garden, look: Look) -> None:
    """Parents come first, whatever their dates say."""
    repo = garden.repo
    for number in range(3):
        repo.commit({"x.txt": f"{number}"}, date=f"2026-05-{20 - number}T00:00:00+0000")
    brought = Stamp(repo.commit({"a.txt": TEXT}, date="2026-05-10T00:00:00+0000"), "2026-05-10T00:00:00+00:00")
    for number in range(3):
        repo.commit({"a.txt": TEXT + b"%d" % number}, date=f"2026-05-0{5 - number}T00:00:00+0000")
    assert look() == [seen(brought, "a.txt", "head")]


def test_older_branch_is_first(garden: Garden, look: Look) -> None:
    repo = garden.repo
    repo.commit({"x.txt": "x"}, date="2026-01-01T00:00:00+0000")
    repo.branch("late")
    repo.commit({"a.txt": TEXT}, date="2026-03-01T00:00:00+0000")
    repo.branch("early", "main")
    early = repo.commit({"a.txt": TEXT}, "other", date="2026-02-01T00:00:00+0000")
    repo.switch("main")
    repo.merge("late")
    repo.merge("early")
    assert look() == [seen(Stamp(early, "2026-02-01T00:00:00+00:00"), "a.txt", "head")]


def test_date_is_the_authors(garden: Garden, look: Look) -> None:
    """A rebase keeps the author's date; the committer's orders."""
    repo = garden.repo
    repo.write("a.txt", TEXT)
    repo.git("add", "a.txt")
    date = "2001-02-03T04:05:06-0800"
    repo.git("commit", "--quiet", "--message", "m", f"--date={date}", "--author=Bo <b@c>", date="2026-02-01T00:00:00Z")
    stamp = Stamp(repo.head(), "2001-02-03T04:05:06-08:00")
    assert look() == [seen(stamp, "a.txt", "head")._replace(author="Bo <b@c>")]


def test_author_in_another_encoding(garden: Garden, look: Look) -> None:
    repo = garden.repo
    garden.commit({"a.txt": TEXT})
    content = b"tree %b\nauthor J\xf6rg <j@x> 1770000000 +0100\ncommitter C <c@x> 1770000000 +0100\n\nm\n"
    tree = repo.head("HEAD^{tree}").encode()
    commit = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=content % tree)
    repo.git("reset", "--quiet", "--hard", commit)
    repo.git("reflog", "expire", "--expire=all", "--all")
    repo.git("prune", "--expire=now")
    assert look() == [Sight("file", b"a.txt", 2, 7, commit, "J\ufffdrg <j@x>", "2026-02-02T03:40:00+01:00", "head")]


def test_reachable_commit_comes_before_an_older_lost_one(garden: Garden, look: Look) -> None:
    repo = garden.repo
    repo.commit({"x.txt": "x"}, date="2026-01-01T00:00:00+0000")
    repo.commit({"a.txt": TEXT}, date="2026-01-02T00:00:00+0000")
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    kept = repo.commit({"a.txt": TEXT}, "again", date="2026-01-03T00:00:00+0000")
    assert look() == [seen(Stamp(kept, "2026-01-03T00:00:00+00:00"), "a.txt", "head")]


@pytest.mark.parametrize("seed", range(3))
def test_no_older_commit_has_it(seed: int, garden: Garden, options: ScanOptions) -> None:
    """Branches, merges, folders that move and clocks that are wrong: no ancestor of the commit has the secret there."""
    rng, repo = random.Random(seed), garden.repo
    commits = _grow(repo, rng, 50)
    repo.repack()
    known = {repo.git("hash-object", "--stdin", stdin=text(str(number))): token(str(number)) for number in range(10)}
    holds = {commit: _tokens(repo, commit, known) for commit in commits}
    parents = {row.split()[0]: row.split()[1:] for row in repo.git("rev-list", "--parents", "--all").splitlines()}
    head = holds[repo.head()]
    found = sights(scan_history(str(repo.path), options))
    everywhere = {pair for pairs in holds.values() for pair in pairs}
    assert {(sight.path, value) for value, places in found.items() for sight in places} == everywhere
    for value, places in found.items():
        assert len({sight.path for sight in places}) == len(places)
        for sight in places:
            pair = (sight.path, value)
            assert pair in holds[sight.commit]
            assert not any(pair in holds[older] for older in _ancestors(sight.commit, parents))
            assert sight.state == ("head" if pair in head else "history")


def _grow(repo: Repo, rng: random.Random, count: int) -> list[str]:
    """Commits made by plumbing; every one is a tip or an ancestor of one."""
    commits: list[str] = []
    blobs = [repo.blob(text(str(number))) for number in range(10)] + [repo.blob(b"%d\n" % n) for n in range(10)]
    names = ["x", "y", "z/v", "z/w", *(f"file {name}" for name in range(30))]  # enough for trees to be deltas
    files = {f"{folder}/{name}": rng.choice(blobs[9:]) for folder in "abc" for name in names}
    for number in range(count):
        for path in rng.sample(sorted(files), 2):
            files[path] = rng.choice(blobs)
        if rng.random() < 0.2:
            one, two = rng.sample("abc", 2)
            files = {**files, **{two + path[1:]: oid for path, oid in files.items() if path[0] == one}}
        rows = "".join(f"100644 {oid}\t{path}\n" for path, oid in files.items())
        repo.git("read-tree", "--empty")
        repo.git("update-index", "--index-info", stdin=rows.encode())
        older = rng.sample(commits[-8:], min(len(commits), rng.choice([1, 1, 1, 2]))) if number else []
        words = [word for parent in older for word in ("-p", parent)]
        date = f"{1_770_000_000 + rng.randrange(10**6)} +0000"
        commits.append(repo.git("commit-tree", *words, "-m", str(number), repo.git("write-tree"), date=date))
        repo.git("update-ref", f"refs/heads/b{number}", commits[-1])
    repo.git("update-ref", "refs/heads/main", commits[-1])
    return commits


def _tokens(repo: Repo, commit: str, known: dict[str, bytes]) -> set[tuple[bytes, bytes]]:
    """Paths and secrets of one commit, as git tells them."""
    rows = (row.split("\t") for row in repo.git("ls-tree", "-r", commit).splitlines())
    return {(path.encode(), known[facts.split()[2]]) for facts, path in rows if facts.split()[2] in known}


def _ancestors(commit: str, parents: dict[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    todo = list(parents[commit])
    while todo:
        older = todo.pop()
        if older not in reached:
            reached.add(older)
            todo += parents[older]
    return reached

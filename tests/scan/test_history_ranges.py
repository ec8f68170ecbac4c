"""A part of a history: what a branch has, what came since a day or a revision, what A..B brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.scan.history import scan_history
from keyguard.scan.options import HistoryRange
from tests.scan.planting import ADA, Garden, Sight, Stamp, sights, text, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo

    Names = Callable[..., set[str]]

PLACES = [
    "root", "old message", "old tag", "main", "main message", "side", "side message", "side tag", "merge", "last",
    "note", "stash", "lost", "lost message", "dangling", "ref",
]  # fmt: skip


def message(place: str) -> str:
    return f"subject\n\nvalue {token(place).decode()}"


@pytest.fixture
def garden(git_repo: Repo) -> Garden:
    """A branch that was merged, and something in every other kind of place.

    The days: 2 root; 3 and 4 main; 5 and 6 side; 7 merge; 8 lost; 9 last.
    """
    garden = Garden(git_repo)
    repo = git_repo
    garden.commit({"root.txt": text("root"), "kept.txt": text("root") + b"x"}, message("old message"))
    repo.tag("v0", message("old tag"))
    repo.branch("side")
    repo.switch("main")
    garden.commit({"main.txt": text("main")}, message("main message"))
    garden.commit({"main.txt": text("main") + b"edited\n"})
    repo.switch("side")
    garden.commit({"side.txt": text("side")}, message("side message"))
    repo.tag("v1", message("side tag"))
    garden.commit({"side.txt": "clean\n"})
    repo.switch("main")
    date = garden.date()
    repo.git("merge", "--no-commit", "--no-ff", "side", date=date)
    repo.write("merge.txt", text("merge"))
    repo.git("add", "merge.txt")
    repo.git("commit", "--quiet", "--message", "merge", date=date)
    garden.commit({"lost.txt": text("lost")}, message("lost message"))
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    garden.commit({"last.txt": text("last")})
    repo.blob(text("dangling"))
    repo.write("root.txt", text("stash"))
    garden.git("stash", "--quiet")
    garden.git("notes", "add", "--message", token("note").decode(), "main")
    repo.git("update-ref", f"refs/heads/{token('ref').decode()}", "main~1")
    return garden


@pytest.fixture
def names(garden: Garden, options: ScanOptions) -> Names:
    """Whose secrets a range has. Loose objects and packed ones must tell the same."""

    def scan(**span: str | tuple[str, ...]) -> set[str]:
        found = sights(scan_history(str(garden.repo.path), options, HistoryRange(**span)))  # type: ignore[arg-type] # both kinds
        garden.repo.git("repack", "-aq")
        assert sights(scan_history(str(garden.repo.path), options, HistoryRange(**span))) == found  # type: ignore[arg-type]
        known = {token(place): place for place in PLACES}
        return {known[value] for value in found}

    return scan


@pytest.mark.parametrize(
    "span", [{"branch": "nowhere"}, {"since": "nowhere"}, {"revs": ("main..nowhere",)}, {"branch": "--all"}]
)
def test_unknown_names(span: dict[str, str], garden: Garden, options: ScanOptions) -> None:
    with pytest.raises(GitError):
        scan_history(str(garden.repo.path), options, HistoryRange(**span))  # type: ignore[arg-type] # both kinds


def test_everything(names: Names) -> None:
    assert names() == set(PLACES)


def test_branch(names: Names) -> None:
    """All that the branch reaches, and nothing else."""
    assert names(branch="side") == {"root", "old message", "side", "side message"}


def test_branch_by_tag(names: Names) -> None:
    assert names(branch="v1") == {"root", "old message", "side", "side message", "side tag"}


def test_range_of_a_merge(names: Names) -> None:
    """The ref whose name is a secret holds the merge."""
    assert names(revs=("v0..main",)) == {"main", "main message", "side", "side message", "merge", "last", "ref"}
    assert names(revs=("side..main",)) == {"main", "main message", "merge", "last", "ref"}
    assert names(revs=("main~1..main",)) == {"last"}


def test_range_where_nothing_is_new(names: Names) -> None:
    assert names(revs=("main..side",)) == set()
    assert names(revs=("main..main",)) == set()


def test_symmetric_range_and_exclusion(names: Names) -> None:
    assert names(revs=("main~2...side",)) == {"main", "main message", "side", "side message"}
    assert names(revs=("main~1", "^v0")) == names(revs=("v0..main~1",))
    assert names(revs=("side", "^v0")) == {"side", "side message"}


def test_since_a_revision(names: Names) -> None:
    assert names(since="side", branch="main") == {"main", "main message", "merge", "last", "ref"}
    older = {"root", "old message", "old tag", "lost", "lost message", "dangling"}
    assert names(since="v0") == set(PLACES) - older


def test_since_a_day(names: Names) -> None:
    assert names(since="2026-01-06", branch="main") == {"merge", "last", "ref"}
    assert names(since="2026-01-09T00:00:00+0530", branch="main") == {"last"}
    assert names(since="2036-01-01", branch="main") == set()


def test_what_no_ref_reaches_is_in_no_range(names: Names) -> None:
    assert names(since="2026-01-01") == set(PLACES) - {"lost", "lost message", "dangling"}


def test_state_is_that_of_the_whole_history(garden: Garden, options: ScanOptions) -> None:
    found = sights(scan_history(str(garden.repo.path), options, HistoryRange(branch="side")))
    assert {place.state for place in found[token("root")]} == {"head"}
    assert {place.state for place in found[token("side")]} == {"history"}


def test_commit_is_the_one_in_the_range(git_repo: Repo, options: ScanOptions) -> None:
    """Two branches brought the same file, and the older one was not asked about."""
    garden = Garden(git_repo)
    garden.commit({"x.txt": "x\n"})
    git_repo.branch("older")
    garden.commit({"a.txt": text("a")})
    git_repo.branch("younger", "main")
    younger = garden.commit({"a.txt": text("a")})
    found = sights(scan_history(str(git_repo.path), options, HistoryRange(revs=("main..younger",))))
    assert found == {token("a"): [Sight("file", b"a.txt", 2, 7, younger.commit, ADA, younger.date, "head")]}


def test_edit_beside_an_old_secret_brings_nothing(git_repo: Repo, options: ScanOptions) -> None:
    """The blob is new in the range; the secret is not, and no commit of the range is to blame for it."""
    garden = Garden(git_repo)
    garden.commit({"a.txt": text("old"), "b.txt": text("old")})
    git_repo.tag("before")
    edited = garden.commit({"a.txt": text("old") + text("new")})
    garden.commit({"a.txt": text("old") + text("new") + b"edited\n", "b.txt": b"shifted\n" + text("old")})
    for span in (HistoryRange(revs=("before..main",)), HistoryRange(since="2026-01-03")):
        found = sights(scan_history(str(git_repo.path), options, span))
        assert found == {token("new"): [_seen(edited, "a.txt", 25)]}


def test_new_content_below_an_old_name_brings_nothing(git_repo: Repo, options: ScanOptions) -> None:
    garden = Garden(git_repo)
    old, new = (token(place).decode() for place in ("old", "new"))
    garden.commit({f"{old}/a.txt": "a\n"})
    brought = garden.commit({f"{old}/a.txt": "b\n", f"x/{new}": "c\n"})
    found = sights(scan_history(str(git_repo.path), options, HistoryRange(revs=("main~1..main",))))
    place = Sight("path", f"x/{new}".encode(), 1, 3, brought.commit, ADA, brought.date, "head")
    assert found == {token("new"): [place]}


def test_old_secret_in_a_new_place_is_new(git_repo: Repo, options: ScanOptions) -> None:
    garden = Garden(git_repo)
    garden.commit({"a.txt": text("old")})
    copied = garden.commit({"b.txt": b"copy\n" + text("old")})
    found = sights(scan_history(str(git_repo.path), options, HistoryRange(revs=("main~1..main",))))
    assert found == {token("old"): [_seen(copied, "b.txt", 3)]}


def test_range_that_no_ref_reaches(git_repo: Repo, options: ScanOptions) -> None:
    """A commit can be asked for by its id: a pull request that was dropped, a push that a hook is asked about."""
    garden = Garden(git_repo)
    garden.commit({"x.txt": "x\n"})
    lost = garden.commit({"a.txt": text("lost")})
    git_repo.git("reset", "--quiet", "--hard", "HEAD~1")
    found = sights(scan_history(str(git_repo.path), options, HistoryRange(revs=(f"main..{lost.commit}",))))
    assert found == {token("lost"): [_seen(lost, "a.txt", 2)._replace(state="unreachable")]}


def _seen(stamp: Stamp, path: str, line: int) -> Sight:
    return Sight("file", path.encode(), line, 7, stamp.commit, ADA, stamp.date, "head")

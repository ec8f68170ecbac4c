"""Ranges of history: what is in, what is out, and what git does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from keyguard.errors import GitError
from keyguard.git.repository import Repository, find_repository
from keyguard.git.revisions import reach, rev_list

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def opened(repo: Repo) -> Repository:
    found = find_repository(repo.path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "asked",
    [{"branch": "nothing"}, {"revs": ["main..nothing"]}, {"since": "nothing"}, {"revs": ["0" * 40]}],
)
def test_unknown_names_are_told(git_repo: Repo, asked: dict[str, Any]) -> None:
    git_repo.commit({"a": "1"})
    with pytest.raises(GitError, match="unknown revision") as caught:
        reach(opened(git_repo), **asked)
    assert "nothing" in str(caught.value) or "0000" in str(caught.value)


@pytest.mark.parametrize(
    "asked", [{"branch": "--all"}, {"revs": ["-n1"]}, {"revs": ["a\n--all"]}, {"since": "^main"}, {"since": "a..b"}]
)
def test_options_are_not_revisions(git_repo: Repo, asked: dict[str, Any]) -> None:
    git_repo.commit({"a": "1"})
    with pytest.raises(GitError, match="revision"):
        reach(opened(git_repo), **asked)


def test_nothing_committed(git_repo: Repo) -> None:
    assert reach(opened(git_repo)) == (frozenset(), frozenset(), frozenset())


def test_everything(git_repo: Repo) -> None:
    first = git_repo.commit({"a": "1"})
    git_repo.branch("side")
    side = git_repo.commit({"b": "2"})
    git_repo.switch("main")
    tag = git_repo.tag("v1", "one")
    found = reach(opened(git_repo))
    assert found.commits == {first, side}
    trees = {git_repo.head(f"{commit}^{{tree}}") for commit in (first, side)}
    assert found.objects == {first, side, tag, *trees, git_repo.head("side:a"), git_repo.head("side:b")}
    assert not found.missing


def test_branch(git_repo: Repo) -> None:
    first = git_repo.commit({"a": "1"})
    git_repo.branch("side")
    git_repo.commit({"b": "2"})
    found = reach(opened(git_repo), branch="main")
    assert found.commits == {first}
    assert git_repo.head("side:b") not in found.objects


def test_range(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    second = git_repo.commit({"a": "2"})
    third = git_repo.commit({"b": "3"})
    repo = opened(git_repo)
    for found in (
        reach(repo, revs=["HEAD~2..HEAD"]),
        reach(repo, since="HEAD~2"),
        reach(repo, revs=["main", "^main~2"]),
    ):
        assert found.commits == {second, third}
        assert {git_repo.head("HEAD:a"), git_repo.head("HEAD:b")} <= found.objects
        assert git_repo.head("HEAD~2:a") not in found.objects


def test_since_date_leaves_older_objects_out(git_repo: Repo) -> None:
    git_repo.commit({"old": "1"}, date="2026-01-01T12:00:00+0000")
    new = git_repo.commit({"new": "2"}, date="2026-03-01T12:00:00+0000")
    repo = opened(git_repo)
    for since in ("2026-02-01", "2026-02-01T08:00:00Z", "2026-02-01 08:00:00 +0200"):
        found = reach(repo, since=since)
        assert found.commits == {new}
        assert git_repo.head("HEAD:new") in found.objects
        assert git_repo.head("HEAD:old") not in found.objects


def test_a_day_begins_at_midnight(git_repo: Repo) -> None:
    early = git_repo.commit({"a": "1"}, date="2026-02-01T00:00:30+0000")
    assert reach(opened(git_repo), since="2026-02-01 00:00:00 +0000").commits == {early}


def test_since_relative_dates(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"}, date="1000000000 +0000")
    repo = opened(git_repo)
    for since in ("2.weeks", "2 weeks ago", "yesterday", "1.hour.ago", "last monday"):
        assert not reach(repo, since=since).commits
        assert not reach(repo, since=since).objects


def test_since_with_clocks_gone_wrong(git_repo: Repo) -> None:
    hidden = git_repo.commit({"hidden": "1"}, date="2026-03-01T12:00:00+0000")
    git_repo.branch("side")
    git_repo.commit({"old": "2"}, date="2026-01-01T12:00:00+0000")
    newest = git_repo.commit({"new": "3"}, date="2026-03-02T12:00:00+0000")
    found = reach(opened(git_repo), since="2026-02-01")
    assert found.commits == {hidden, newest}
    assert {git_repo.head("side:hidden"), git_repo.head("side:new")} <= found.objects
    assert git_repo.head("side:old") not in found.objects


def test_branch_and_since_add_up(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"}, date="2026-01-01T12:00:00+0000")
    kept = git_repo.commit({"a": "2"}, date="2026-03-01T12:00:00+0000")
    git_repo.branch("side")
    git_repo.commit({"a": "3"}, date="2026-03-02T12:00:00+0000")
    assert reach(opened(git_repo), branch="main", since="2026-02-01").commits == {kept}


def test_promised_objects_are_named_not_fetched(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit({"a": "1"})
    head = git_repo.commit({"a": "2"})
    git_repo.git("config", "uploadpack.allowFilter", "true")
    origin = git_repo.path.resolve().as_uri()
    git_repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", origin, str(tmp_path / "partial"))
    partial = find_repository(tmp_path / "partial")
    assert partial is not None
    found = reach(partial)
    assert head in found.commits
    assert found.missing == {git_repo.head("HEAD:a"), git_repo.head("HEAD~1:a")}
    assert not found.missing & found.objects


def test_damage_is_named(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    blob = git_repo.head("HEAD:a")
    git_repo.loose(blob).unlink()
    assert reach(opened(git_repo)).missing == {blob}


def test_rev_list_keeps_gits_order(git_repo: Repo) -> None:
    ids = [git_repo.commit({"a": str(number)}) for number in range(3)]
    assert rev_list(opened(git_repo), ["--reverse", "HEAD"]) == ids


def test_tags_of_the_commits_since_a_date(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"}, date="2026-01-01T12:00:00+0000")
    old = git_repo.tag("v1", "one")
    git_repo.commit({"a": "2"}, date="2026-03-01T12:00:00+0000")
    new = git_repo.tag("v2", "two")
    repo = opened(git_repo)
    assert {old, new} & reach(repo, since="2026-02-01").objects == {new}
    assert {old, new} & reach(repo, since="2026-02-01", branch="main").objects == set()

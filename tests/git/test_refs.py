"""Every name git has for an object, and what revisions resolve to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.refs import list_refs, resolve
from keyguard.git.repository import Repository, find_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo


def opened(repo: Repo) -> Repository:
    found = find_repository(repo.path)
    assert found is not None
    return found


def test_unknown_revisions(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    repo = opened(git_repo)
    for rev in ("nothing", "", "--all", "HEAD..HEAD", "0" * 40, "HEAD~5", "a\nb"):
        with pytest.raises(GitError):
            resolve(repo, rev)


def test_unknown_revision_in_a_shallow_clone_says_so(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit({"a": "1"})
    git_repo.commit({"a": "2"})
    git_repo.git("clone", "--quiet", "--depth=1", git_repo.path.resolve().as_uri(), str(tmp_path / "shallow"))
    shallow = find_repository(tmp_path / "shallow")
    assert shallow is not None
    with pytest.raises(GitError) as caught:
        resolve(shallow, "HEAD~1")
    assert "unshallow" in caught.value.hint


def test_resolve(git_repo: Repo) -> None:
    first = git_repo.commit({"a": "1"})
    second = git_repo.commit({"a": "2"})
    repo = opened(git_repo)
    assert resolve(repo, "HEAD~1") == resolve(repo, first) == resolve(repo, first[:12]) == first
    assert resolve(repo, "main") == second
    assert resolve(repo, "HEAD:a") == git_repo.head("HEAD:a")


def test_no_commits_yet(git_repo: Repo) -> None:
    assert list_refs(opened(git_repo)) == []


def test_kinds_and_targets(git_repo: Repo) -> None:
    commit = git_repo.commit({"a": "1"})
    tag = git_repo.tag("v1", "one")
    outer = git_repo.tag("outer", "a tag of a tag", "v1")
    blob = git_repo.head("HEAD:a")
    git_repo.tag("file", target=blob)
    git_repo.git("update-ref", "refs/odd/tree", git_repo.head("HEAD^{tree}"))
    found = {ref.name: ref[1:] for ref in list_refs(opened(git_repo))}
    assert found == {
        b"refs/heads/main": (commit, "commit", commit, "commit"),
        b"refs/odd/tree": (git_repo.head("HEAD^{tree}"), "tree", git_repo.head("HEAD^{tree}"), "tree"),
        b"refs/tags/file": (blob, "blob", blob, "blob"),
        b"refs/tags/outer": (outer, "tag", commit, "commit"),
        b"refs/tags/v1": (tag, "tag", commit, "commit"),
        b"HEAD": (commit, "commit", commit, "commit"),
    }


def test_every_worktree_has_a_head(git_repo: Repo, tmp_path: Path) -> None:
    first = git_repo.commit({"a": "1"})
    git_repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    second = git_repo.commit({"a": "2"})
    expected = {b"refs/heads/main": second, b"main-worktree/HEAD": second, b"worktrees/linked/HEAD": first}
    assert {ref.name: ref.oid for ref in list_refs(opened(git_repo))} == {**expected, b"HEAD": second}
    linked = find_repository(tmp_path / "linked")
    assert linked is not None
    assert {ref.name: ref.oid for ref in list_refs(linked)} == {**expected, b"HEAD": first}


def test_older_stashes(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    stashes = []
    for content in ("2", "3", "4"):
        git_repo.write("a", content)
        git_repo.git("stash", "--quiet")
        stashes.append(git_repo.head("refs/stash"))
    found = {ref.name: ref.oid for ref in list_refs(opened(git_repo)) if b"stash" in ref.name}
    assert found == {
        b"refs/stash": stashes[2],
        b"refs/stash@{1}": stashes[1],
        b"refs/stash@{2}": stashes[0],
    }


def test_a_ref_to_a_missing_object_is_told(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    blob = git_repo.blob(b"soon gone")
    git_repo.git("update-ref", "refs/tags/gone", blob)
    git_repo.loose(blob).unlink()
    gone = next(ref for ref in list_refs(opened(git_repo)) if ref.name == b"refs/tags/gone")
    assert gone == (b"refs/tags/gone", blob, "missing", blob, "missing")


def test_a_tag_of_a_missing_object_is_told(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    blob = git_repo.blob(b"soon gone")
    tag = git_repo.tag("gone", "of nothing", blob)
    git_repo.loose(blob).unlink()
    gone = next(ref for ref in list_refs(opened(git_repo)) if ref.name == b"refs/tags/gone")
    assert gone == (b"refs/tags/gone", tag, "tag", tag, "missing")


def test_damaged_loose_object_behind_a_ref(git_repo: Repo) -> None:
    git_repo.commit({"a": "1"})
    blob = git_repo.blob(b"soon damaged")
    git_repo.git("update-ref", "refs/tags/bad", blob)
    git_repo.loose(blob).chmod(0o644)
    git_repo.loose(blob).write_bytes(b"not zlib at all")
    names = {ref.name: ref.kind for ref in list_refs(opened(git_repo))}
    assert names[b"refs/tags/bad"] == "missing"
    assert names[b"HEAD"] == "commit"

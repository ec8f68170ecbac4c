"""The hooks that `keyguard hook install` writes, run by the real git."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.hooks.person import Person, person_at
from tests.scan.planting import text, token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo

HIDDEN = "glpa…"


@pytest.fixture
def hooked(person: Person) -> Person:
    assert person.run("keyguard", "hook", "install").code == 0
    return person


def test_a_commit_with_a_secret_is_stopped(hooked: Person) -> None:
    hooked.stage("a.txt", text("leak"))
    done = hooked.commit()
    assert done.code == 1
    assert hooked.git("rev-parse", "--verify", "--quiet", "HEAD").code == 1
    assert "keyguard stopped this commit: 1 secret in what is staged." in done.said
    assert "a.txt:2:7" in done.said
    assert HIDDEN in done.said
    assert token("leak").decode() not in done.said
    assert "keyguard playbook gitlab-" in done.said
    assert "keyguard:allow gitlab-" in done.said
    assert "git commit --no-verify" in done.said
    assert len(done.said.splitlines()) <= 24


def test_many_secrets_take_a_screen_at_most(hooked: Person) -> None:
    hooked.stage("a.txt", b"".join(text(f"leak {number}") for number in range(40)))
    done = hooked.commit()
    assert "40 secrets" in done.said
    assert "and 37 more" in done.said
    assert len(done.said.splitlines()) <= 24


def test_a_clean_commit_is_silent(hooked: Person) -> None:
    hooked.stage("a.txt", b"nothing\n")
    done = hooked.commit("--quiet")
    assert done == (0, "")


def test_a_message_with_a_secret_is_stopped(hooked: Person) -> None:
    hooked.stage("a.txt", b"nothing\n")
    done = hooked.git("commit", "--message", f"use {token('leak').decode()}")
    assert done.code == 1
    assert "1 secret in its message" in done.said
    assert "commit message:1:5" in done.said


def test_comments_of_the_editor_are_no_message(hooked: Person) -> None:
    hooked.stage("a.txt", b"nothing\n")
    editor = hooked.folder.parent / "editor"
    first = f"Subject\\n# {token('leak').decode()}\\n"
    editor.write_text(f'#!/bin/sh\nall=$(cat "$1")\nprintf "{first}%s\\n" "$all" > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    assert hooked.git("commit", "--quiet", "--verbose", GIT_EDITOR=str(editor)) == (0, "")
    assert hooked.git("log", "--format=%B").said.strip() == "Subject"


@pytest.mark.parametrize("words", [("--all",), ("a.txt",), ("--patch",)])
def test_ways_to_commit_without_staging(hooked: Person, words: tuple[str, ...]) -> None:
    hooked.stage("a.txt", b"nothing\n")
    assert hooked.commit().code == 0
    (hooked.folder / "a.txt").write_bytes(text("leak"))
    done = hooked.git("commit", "--message", "x", *words, stdin=b"y\n" * 5)
    assert (done.code, "a.txt:2:7" in done.said) == (1, True)


def test_in_a_worktree_from_a_folder_below(hooked: Person) -> None:
    assert hooked.commit("--allow-empty").code == 0
    assert hooked.git("worktree", "add", "--quiet", "../linked").code == 0
    linked = hooked._replace(folder=hooked.folder.parent / "linked")
    linked.stage("sub/a.txt", text("leak"))
    done = linked._replace(folder=linked.folder / "sub").commit()
    assert (done.code, "sub/a.txt:2:7" in done.said) == (1, True)


def test_a_merge_of_what_the_other_branch_has(hooked: Person) -> None:
    hooked.stage("a.txt", b"1\n")
    hooked.commit()
    hooked.git("checkout", "--quiet", "-b", "side")
    hooked.stage("leak.txt", text("theirs"))
    hooked.stage("a.txt", b"2\n")
    assert hooked.commit("--no-verify").code == 0
    hooked.git("checkout", "--quiet", "main")
    hooked.stage("a.txt", b"3\n")
    hooked.commit()
    assert hooked.git("merge", "side").code == 1
    hooked.stage("a.txt", b"4\n")
    assert hooked.commit("--quiet") == (0, "")


@pytest.mark.parametrize("named", ["keyguard", "a,keyguard,b", "keyguard,keyguard-commit-msg"])
def test_ways_around(hooked: Person, named: str) -> None:
    hooked.stage("a.txt", text("leak"))
    done = hooked.commit(SKIP=named)
    assert (done.code, "keyguard: not scanned, as SKIP says" in done.said) == (0, True)
    hooked.stage("a.txt", text("another"))
    assert hooked.commit(SKIP="keyguardian").code == 1
    assert hooked.commit("--no-verify").code == 0


def test_without_keyguard_nothing_passes(git_repo: Repo, hooked: Person, tmp_path: Path) -> None:
    assert hooked.folder == git_repo.path
    other = person_at(git_repo, tmp_path / "nothing", installed=False)
    other.stage("a.txt", b"nothing\n")
    done = other.commit()
    assert done.code == 1
    assert "keyguard is not on the PATH, so this commit was not scanned, and is stopped" in done.said
    assert "--no-verify" in done.said


def _break_settings(person: Person) -> None:
    (person.folder / ".keyguard.toml").write_text("min-confidence = [", encoding="utf-8")


def _unknown_setting(person: Person) -> None:
    (person.folder / ".keyguard.toml").write_text('min-confidense = "low"', encoding="utf-8")


def _lose_object(person: Person) -> None:
    oid = person.git("rev-parse", ":a.txt").said.strip()
    (person.folder / ".git/objects" / oid[:2] / oid[2:]).unlink()


def _break_ignore_file(person: Person) -> None:
    (person.folder / ".keyguardignore").write_text("a.txt until someday\n", encoding="utf-8")


def _break_branch(person: Person) -> None:
    (person.folder / ".git/refs/heads/main").write_text("1" * 40 + "\n", encoding="utf-8")


def _break_index(person: Person) -> None:
    (person.folder / ".git/index").write_bytes(b"nonsense")


@pytest.mark.parametrize(
    "harm", [_break_settings, _unknown_setting, _lose_object, _break_ignore_file, _break_branch, _break_index]
)
def test_what_cannot_be_scanned_does_not_pass(hooked: Person, harm: Callable[[Person], None]) -> None:
    hooked.stage("a.txt", b"nothing\n")
    hooked.stage("b.txt", b"nothing more\n")
    assert hooked.commit().code == 0
    hooked.stage("a.txt", b"nothing new\n")
    harm(hooked)
    done = hooked.run(".git/hooks/pre-commit")
    assert done.code in {2, 3}
    assert "stopped" in done.said
    assert "git commit --no-verify, or SKIP=keyguard git commit" in done.said


def test_an_allowance_that_has_expired_does_not_count(hooked: Person) -> None:
    (hooked.folder / ".keyguardignore").write_text("a.txt until 2020-01-01 # a test\n", encoding="utf-8")
    hooked.stage("a.txt", text("leak"))
    done = hooked.commit()
    assert done.code == 1
    assert "Note: .keyguardignore:1: expired on 2020-01-01" in done.said


def test_a_push(hooked: Person, new_repo: Callable[..., Repo]) -> None:
    remote = new_repo("remote.git", bare=True)
    hooked.git("remote", "add", "origin", str(remote.path))
    hooked.stage("old.txt", text("old"))
    hooked.commit("--no-verify")
    assert hooked.git("push", "--no-verify", "--quiet", "origin", "main").code == 0
    hooked.git("checkout", "--quiet", "-b", "side")
    hooked.stage("a.txt", text("leak"))
    hooked.commit("--no-verify")
    hooked.git("rm", "--quiet", "a.txt")
    hooked.commit("--no-verify")
    done = hooked.git("push", "origin", "side")
    assert done.code == 1
    assert "1 secret in commits that the remote does not have yet" in done.said
    assert "a.txt:2:7" in done.said
    assert "old.txt" not in done.said
    assert remote.git("branch", "--list", "side") == ""
    hooked.git("reset", "--quiet", "--hard", "HEAD~2")
    assert hooked.git("push", "--quiet", "origin", "side") == (0, "")
    assert hooked.git("push", "--quiet", "origin", ":side") == (0, "")
    assert hooked.git("push", "origin", "main").code == 0


def test_a_server_refuses_a_push(person: Person, new_repo: Callable[..., Repo]) -> None:
    """What comes in lies in quarantine, which git names in the environment."""
    remote = new_repo("remote.git", bare=True)
    hook = remote.path / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexec keyguard scan --pre-receive --quiet\n", encoding="utf-8")
    hook.chmod(0o755)
    person.stage("a.txt", b"nothing\n")
    person.commit()
    assert person.git("push", "--quiet", str(remote.path), "main") == (0, "")
    person.stage("a.txt", text("leak"))
    person.commit()
    done = person.git("push", str(remote.path), "main", "HEAD:refs/heads/side")
    assert done.code == 1
    assert "remote: keyguard stopped this push: 1 secret in the commits that are pushed." in done.said
    assert token("leak").decode() not in done.said
    assert remote.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_another_hook_is_kept_and_runs_first(person: Person) -> None:
    theirs = person.folder / ".git/hooks/pre-push"
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_text('#!/bin/sh\necho "theirs: $1 $(cat)"\nexit $THEIR_CODE\n', encoding="utf-8")
    theirs.chmod(0o755)
    before = theirs.read_bytes()
    for _ in range(2):
        done = person.run("keyguard", "hook", "install")
        assert "pre-push: installed; pre-push.kept-by-keyguard runs before it" in done.said
    line = f"x {'0' * 40} refs/heads/x {'1' * 40}\n".encode()
    done = person.run(theirs, "origin", "url", stdin=line, THEIR_CODE="0")
    assert (done.code, f"theirs: origin {line.decode().strip()}" in done.said) == (0, True)
    assert person.run(theirs, "origin", "url", stdin=line, THEIR_CODE="7").code == 7
    assert "pre-push: not installed; another hook is there" in person.run("keyguard", "hook", "uninstall").said
    assert theirs.read_bytes() == before
    assert os.access(theirs, os.X_OK)


def test_hooks_elsewhere(person: Person) -> None:
    """core.hooksPath, which may be a folder of the repository itself."""
    person.git("config", "core.hooksPath", "tools/hooks")
    assert "tools/hooks/pre-commit" in person.run("keyguard", "hook", "install").said
    person.stage("a.txt", text("leak"))
    assert person.commit().code == 1
    assert not list((person.folder / ".git/hooks").glob("pre-commit"))


def test_for_all_repositories_to_come(person: Person) -> None:
    assert person.run("keyguard", "hook", "status", "--global").code == 1
    assert person.run("keyguard", "hook", "install", "--global").code == 0
    assert person.run("keyguard", "hook", "install", "--global").code == 0
    assert person.run("keyguard", "hook", "status", "--global").code == 0
    person.git("config", "--global", "user.name", "Ada Author")
    person.git("config", "--global", "user.email", "ada@example.com")
    person.git("init", "--quiet", "../new")
    new = person._replace(folder=person.folder.parent / "new")
    new.stage("a.txt", text("leak"))
    assert new.commit().code == 1
    assert person.run("keyguard", "hook", "uninstall", "--global").code == 0
    assert person.git("config", "--global", "init.templateDir").code == 1


def test_a_template_folder_of_ones_own(person: Person, tmp_path: Path) -> None:
    person.git("config", "--global", "init.templateDir", str(tmp_path / "own"))
    assert person.run("keyguard", "hook", "install", "--global", "--hook", "pre-commit").code == 0
    assert [path.name for path in (tmp_path / "own/hooks").iterdir()] == ["pre-commit"]
    assert person.run("keyguard", "hook", "uninstall", "--global").code == 0
    assert person.git("config", "--global", "init.templateDir").said.strip() == str(tmp_path / "own")


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed")
def test_the_scripts_are_plain_shell(hooked: Person) -> None:
    for name in ("pre-commit", "commit-msg", "pre-push"):
        assert hooked.run("dash", "-n", f".git/hooks/{name}") == (0, "")

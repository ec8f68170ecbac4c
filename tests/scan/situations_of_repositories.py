"""What can happen to a repository between two commits: each builds it and tells what a scan must find, and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.git.place import Place
from tests.repositories import Repo
from tests.scan.planting import text
from tests.scan.situations import LONG, Scene, scene, secret_line, stage

if TYPE_CHECKING:
    from collections.abc import Callable


def other_index(repo: Repo) -> Scene:
    """`git commit FILE` and `git commit -a` name an index of their own to the hook."""
    repo.commit({"a.txt": LONG})
    repo.write("a.txt", LONG + secret_line("in the other index"))
    repo.write("b.txt", text("staged, not committed"))
    repo.git("add", "b.txt")
    index = repo.git_dir / "next-index-1.lock"
    index.write_bytes((repo.git_dir / "index").read_bytes())
    entry = f"100644,{repo.blob(LONG + secret_line('in the other index'))},a.txt"
    os.environ["GIT_INDEX_FILE"] = str(index)
    try:
        repo.git("rm", "--cached", "--quiet", "--force", "b.txt")
        repo.git("update-index", "--cacheinfo", entry)
    finally:
        del os.environ["GIT_INDEX_FILE"]
    return scene(Place(str(repo.path), {**os.environ, "GIT_INDEX_FILE": ".git/next-index-1.lock"}), "a.txt:41")


def git_dir_set(repo: Repo) -> Scene:
    """GIT_DIR and GIT_WORK_TREE name a repository that is elsewhere."""
    repo.commit({"a.txt": LONG})
    stage(repo, {"a.txt": LONG + secret_line("here")})
    elsewhere = repo.path.parent / "elsewhere"
    elsewhere.mkdir()
    named = {**os.environ, "GIT_DIR": str(repo.git_dir), "GIT_WORK_TREE": str(repo.path)}
    return scene(Place(str(elsewhere), named), "a.txt:41", revs="HEAD")


def another_repositorys_hook(repo: Repo) -> Scene:
    """A folder that a person names is asked about itself, whatever git's environment says."""
    Repo(repo.path.parent / "other")
    stage(repo, {"a.txt": text("here")})
    return scene(Place(str(repo.path)), "a.txt:2")


def worktree(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG})
    linked = repo.path.parent / "linked"
    repo.git("worktree", "add", "--quiet", "-b", "side", linked)
    stage(repo, {"b.txt": text("main tree")})
    (linked / "c.txt").write_bytes(text("linked tree"))
    repo.git("-C", linked, "add", "c.txt")
    inner = repo.git("-C", linked, "rev-parse", "--absolute-git-dir")
    return scene(Place(str(linked), {**os.environ, "GIT_DIR": inner}), "c.txt:2")


def submodule(repo: Repo) -> Scene:
    """What a submodule points to belongs to its own repository."""
    inner = Repo(repo.path.parent / "inner")
    inner.commit({"leak.txt": text("in the submodule")})
    repo.commit({"a.txt": LONG})
    repo.git("submodule", "--quiet", "add", str(inner.path), "mod")
    repo.commit()
    inner.commit({"more.txt": text("more")})
    repo.git("-C", "mod", "pull", "--quiet", "origin", "main")
    stage(repo, {"b.txt": text("beside it")})
    repo.git("add", "mod")
    return scene(repo, "b.txt:2", revs="HEAD~1..HEAD")


def inside_submodule(repo: Repo) -> Scene:
    inner = Repo(repo.path.parent / "inner")
    inner.commit({"a.txt": LONG})
    repo.git("submodule", "--quiet", "add", str(inner.path), "mod")
    repo.write("mod/b.txt", text("new in the submodule"))
    repo.git("-C", "mod", "add", "b.txt")
    return scene(Place(str(repo.path / "mod"), {**os.environ}), "b.txt:2")


def _diverged(repo: Repo) -> None:
    repo.commit({"a.txt": LONG, "b.txt": LONG})
    repo.branch("side")
    repo.commit({"a.txt": b"side\n" + LONG + secret_line("theirs"), "c.txt": text("their file")})
    repo.switch("main")
    repo.commit({"a.txt": b"main\n" + LONG, "d.txt": b"ours\n"})


def _fail(repo: Repo, *words: str) -> None:
    """git stops on a conflict."""
    try:
        repo.git(*words)
    except AssertionError:
        return
    raise AssertionError("there is no conflict")


def conflict(repo: Repo) -> Scene:
    """Not settled yet: only what git would commit counts, and the other branch has that already."""
    _diverged(repo)
    _fail(repo, "merge", "--quiet", "side")
    return scene(repo)


def conflict_resolution(repo: Repo) -> Scene:
    """What the other branch brings is not new; what a person writes into the resolution is."""
    _diverged(repo)
    _fail(repo, "merge", "--quiet", "side")
    stage(repo, {"a.txt": b"both\n" + LONG + secret_line("theirs") + secret_line("in the resolution")})
    return scene(repo, "a.txt:43")


def merge_commit(repo: Repo) -> Scene:
    """In a range, each secret belongs to the commit that wrote it, and to a merge only what is in no parent."""
    conflict_resolution(repo)
    repo.commit()
    return scene(repo, revs="HEAD^1..HEAD", ranged=("a.txt:42", "c.txt:2", "a.txt:43"))


def merge_of_three(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG})
    for name in ("one", "two"):
        repo.branch(name, "main")
        repo.commit({f"{name}.txt": text(name)})
    repo.switch("main")
    repo.git("merge", "--quiet", "--no-commit", "one", "two")
    stage(repo, {"three.txt": text("three")})
    return scene(repo, "three.txt:2", revs="one two ^main", ranged=("one.txt:2", "two.txt:2"))


def rebase(repo: Repo) -> Scene:
    """A rebase that stopped: what is applied on top of the new base is new there."""
    _diverged(repo)
    repo.switch("side")
    _fail(repo, "rebase", "--quiet", "main")
    stage(repo, {"a.txt": b"both\n" + LONG + secret_line("theirs")})
    return scene(repo, "a.txt:42", "c.txt:2")


def cherry_pick(repo: Repo) -> Scene:
    _diverged(repo)
    repo.git("cherry-pick", "--no-commit", "--strategy-option=theirs", "side")
    return scene(repo, "a.txt:42", "c.txt:2", revs="main..side", ranged=("a.txt:42", "c.txt:2"))


def revert(repo: Repo) -> Scene:
    """Bringing back a file that was deleted brings its secret back."""
    repo.commit({"a.txt": text("old")})
    repo.commit({"a.txt": None})
    repo.git("revert", "--no-commit", "HEAD")
    return scene(repo, "a.txt:2")


def amend(repo: Repo) -> Scene:
    """git compares with the commit that is amended; a push looks at the amended one."""
    base = repo.commit({"a.txt": LONG})
    repo.commit({"a.txt": LONG + secret_line("in the commit")})
    stage(repo, {"b.txt": text("added")})
    before = scene(repo, "b.txt:2")
    amended = repo.git("commit-tree", "-p", base, "-m", "amended", repo.git("write-tree"))
    return before._replace(revs=f"{base}..{amended}", ranged=frozenset({"a.txt:41", "b.txt:2"}))


def detached_head(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG})
    repo.commit({"a.txt": LONG + secret_line("later")})
    repo.git("checkout", "--quiet", "--detach", "HEAD~1")
    stage(repo, {"b.txt": text("detached")})
    return scene(repo, "b.txt:2", revs="HEAD..main", ranged=("a.txt:41",))


def shallow(repo: Repo) -> Scene:
    for number in range(4):
        repo.commit({"a.txt": LONG + b"".join(secret_line(f"commit {each}") for each in range(number))})
    clone = repo.path.parent / "clone"
    repo.git("clone", "--quiet", "--depth=3", repo.path.as_uri(), clone)
    (clone / "b.txt").write_bytes(text("new"))
    repo.git("-C", clone, "add", "b.txt")
    return scene(Place(str(clone), {**os.environ}), "b.txt:2", revs="HEAD~1..HEAD", ranged=("a.txt:43",))


def sparse(repo: Repo) -> Scene:
    repo.commit({"in/a.txt": LONG, "out/b.txt": LONG, "out/c.txt": text("old")})
    repo.commit({"out/b.txt": LONG + secret_line("outside")})
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
    stage(repo, {"in/a.txt": LONG + secret_line("inside")})
    return scene(repo, "in/a.txt:41", revs="HEAD~1..HEAD", ranged=("out/b.txt:41",))


def partial_clone(repo: Repo) -> Scene:
    """What was there before is not here: then all of a file counts as new."""
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.commit({"a.txt": LONG + secret_line("old"), "c.txt": LONG})
    clone = repo.path.parent / "clone"
    repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", repo.path.as_uri(), clone)
    repo.git("-C", clone, "read-tree", "HEAD")
    blob = repo.git("-C", clone, "hash-object", "-w", "--stdin", stdin=LONG + secret_line("old") + secret_line("new"))
    repo.git("-C", clone, "update-index", "--cacheinfo", f"100644,{blob},a.txt")
    repo.git("-C", clone, "update-index", "--force-remove", "c.txt")
    return scene(Place(str(clone), {**os.environ}), "a.txt:41", "a.txt:42")


def bare(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG})
    repo.commit({"a.txt": LONG + secret_line("pushed")})
    copy = repo.path.parent / "copy.git"
    repo.git("clone", "--quiet", "--bare", repo.path, copy)
    return scene(Place(str(copy), {**os.environ}), revs="HEAD~1..HEAD", ranged=("a.txt:41",))


def sha256(repo: Repo) -> Scene:
    other = Repo(repo.path.parent / "sha256", object_format="sha256")
    stage(other, {"a.txt": text("first")})
    first = scene(other, "a.txt:2")
    other.commit()
    return first._replace(staged=frozenset(), revs="HEAD", ranged=frozenset({"a.txt:2"}))


def replaced_object(repo: Repo) -> Scene:
    """`git replace` shows another content; what is pushed is the true one."""
    repo.commit({"a.txt": LONG})
    stage(repo, {"a.txt": LONG + secret_line("true content")})
    repo.git("replace", repo.git("rev-parse", ":a.txt"), repo.blob(b"nothing to see\n"))
    return scene(repo, "a.txt:41")


REPOSITORIES: tuple[Callable[[Repo], Scene], ...] = (
    other_index,
    git_dir_set,
    another_repositorys_hook,
    worktree,
    submodule,
    inside_submodule,
    conflict,
    conflict_resolution,
    merge_commit,
    merge_of_three,
    rebase,
    cherry_pick,
    revert,
    amend,
    detached_head,
    shallow,
    sparse,
    partial_clone,
    bare,
    sha256,
    replaced_object,
)

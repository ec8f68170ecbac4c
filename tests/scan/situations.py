"""What can happen to files between two commits: each builds it and tells what a scan must find, and where."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from keyguard.git.place import Place
from tests.repositories import Repo
from tests.scan.planting import text, token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONG = b"".join(b"line %d\n" % number for number in range(40))
POSIX_ONLY = ("odd_names", "symbolic_link", "mode_change")


class Scene(NamedTuple):
    """Where to look, and the "path:line" of everything new: in the index, and in the commits of `revs`."""

    place: Place
    staged: frozenset[str] = frozenset()
    revs: str = ""
    ranged: frozenset[str] = frozenset()


def scene(repo: Repo | Place, *staged: str, revs: str = "", ranged: tuple[str, ...] = ()) -> Scene:
    place = Place(str(repo.path), {**os.environ}) if isinstance(repo, Repo) else repo
    return Scene(place, frozenset(staged), revs, frozenset(ranged))


def stage(repo: Repo, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        repo.write(name, content)
        repo.git("add", "--force", "--", name)


def secret_line(place: str) -> bytes:
    return b"value %b\n" % token(place)


def first_commit(repo: Repo) -> Scene:
    stage(repo, {"a.txt": text("first"), "b.txt": b"nothing\n"})
    return scene(repo, "a.txt:2")


def root_commit(repo: Repo) -> Scene:
    repo.commit({"a.txt": text("first")})
    return scene(repo, revs="HEAD", ranged=("a.txt:2",))


def added_line(repo: Repo) -> Scene:
    """The old secret in the file is not new; its context may be."""
    repo.commit({"a.txt": LONG + secret_line("old")})
    repo.commit({"a.txt": LONG + b"between\n" + secret_line("old") + secret_line("in a commit")})
    stage(repo, {"a.txt": b"top\n" + LONG + b"between\n" + secret_line("old") + secret_line("in a commit") + b"end\n"})
    stage(repo, {"b.txt": secret_line("new")})
    return scene(repo, "b.txt:1", revs="HEAD~1..HEAD", ranged=("a.txt:43",))


def removed_line(repo: Repo) -> Scene:
    """Gone in the end, and yet in the range; taking it out is no finding."""
    start = repo.commit({"a.txt": LONG})
    repo.commit({"a.txt": LONG + secret_line("short lived")})
    repo.commit({"a.txt": LONG})
    stage(repo, {"a.txt": LONG[7:]})
    return scene(repo, revs=f"{start}..HEAD", ranged=("a.txt:41",))


def deleted_file(repo: Repo) -> Scene:
    repo.commit({"a.txt": text("old"), "b.txt": text("old too")})
    repo.commit({"b.txt": None})
    repo.git("rm", "--quiet", "a.txt")
    return scene(repo, revs="HEAD~1..HEAD")


def rename(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG + secret_line("old"), "x.txt": text("other")})
    repo.git("mv", "a.txt", "sub.txt")
    repo.commit()
    repo.git("mv", "x.txt", "y.txt")
    return scene(repo, revs="HEAD~1..HEAD")


def rename_with_change(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG + secret_line("old")})
    repo.git("mv", "a.txt", "b.txt")
    repo.commit({"b.txt": LONG + secret_line("old") + secret_line("new")})
    repo.git("mv", "b.txt", "c.txt")
    stage(repo, {"c.txt": b"top\n" + secret_line("newest") + LONG + secret_line("old") + secret_line("new")})
    return scene(repo, "c.txt:2", revs="HEAD~1..HEAD", ranged=("b.txt:42",))


def copied_file(repo: Repo) -> Scene:
    """A copy is a new place, which cleaning the old one would not clean."""
    repo.commit({"a.txt": text("old")})
    repo.commit({"b.txt": text("old")})
    stage(repo, {"c.txt": text("old")})
    return scene(repo, "c.txt:2", revs="HEAD~1..HEAD", ranged=("b.txt:2",))


def mode_change(repo: Repo) -> Scene:
    repo.commit({"a.sh": text("old"), "b.sh": text("old too")})
    (repo.path / "a.sh").chmod(0o755)
    repo.git("add", "a.sh")
    repo.commit()
    (repo.path / "b.sh").chmod(0o755)
    repo.git("add", "b.sh")
    return scene(repo, revs="HEAD~1..HEAD")


def file_becomes_link(repo: Repo) -> Scene:
    """git shows all of it as new."""
    repo.commit({"a": b"x/" + token("in both") + b"\n"})
    repo.git("update-index", "--cacheinfo", f"120000,{repo.blob(b'x/' + token('in both'))},a")
    return scene(repo, "a:1", revs="HEAD", ranged=("a:1",))


def symbolic_link(repo: Repo) -> Scene:
    repo.commit({"a": b"x"})
    (repo.path / "link").symlink_to("x/" + token("in a link").decode())
    repo.git("add", "link")
    return scene(repo, "link:1")


def line_ends(repo: Repo) -> Scene:
    """Another line end makes no new line."""
    lines = LONG + secret_line("old")
    repo.commit({"a.txt": lines, "b.txt": lines})
    repo.commit({"b.txt": lines.replace(b"\n", b"\r\n")})
    stage(repo, {"a.txt": (lines + secret_line("new")).replace(b"\n", b"\r\n")})
    return scene(repo, "a.txt:42", revs="HEAD~1..HEAD")


def autocrlf(repo: Repo) -> Scene:
    repo.git("config", "core.autocrlf", "true")
    repo.git("config", "core.safecrlf", "false")
    repo.commit({"a.txt": (LONG + secret_line("old")).replace(b"\n", b"\r\n")})
    stage(repo, {"a.txt": (LONG + secret_line("old") + secret_line("new")).replace(b"\n", b"\r\n")})
    return scene(repo, "a.txt:42", revs="HEAD", ranged=("a.txt:41",))


def no_newline_at_end(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG + token("old")})
    stage(repo, {"a.txt": LONG + token("old") + b"\nmore\n" + token("new")})
    return scene(repo, "a.txt:43", revs="HEAD", ranged=("a.txt:41",))


def partial_add(repo: Repo) -> Scene:
    """`git add -p` and `git commit -p`: what is in the file and not in the index does not count."""
    repo.commit({"a.txt": LONG})
    repo.write("a.txt", secret_line("not staged") + LONG + secret_line("staged"))
    staged = repo.blob(LONG + secret_line("staged"))
    repo.git("update-index", "--cacheinfo", f"100644,{staged},a.txt")
    return scene(repo, "a.txt:41")


def intent_to_add(repo: Repo) -> Scene:
    repo.commit({"a.txt": LONG})
    repo.write("b.txt", text("intended"))
    repo.git("add", "--intent-to-add", "b.txt")
    return scene(repo)


def binary(repo: Repo) -> Scene:
    """git shows no lines of a binary file; they are there all the same."""
    repo.write(".gitattributes", "*.dat binary\n*.gen -diff\n")
    repo.commit({"a.dat": b"\0\1\2\n\xff\xfe" + secret_line("old"), "b.gen": LONG})
    repo.commit({"b.gen": LONG + secret_line("generated")})
    stage(repo, {"a.dat": b"\0\1\2\n\xff\xfe" + secret_line("old") + b"\0\n" + secret_line("new")})
    return scene(repo, "a.dat:4", revs="HEAD~1..HEAD", ranged=("b.gen:41",))


def wide_text(repo: Repo) -> Scene:
    """UTF-16: git's lines end at every byte 10, and half of U+0A0A is one."""
    old = "\u0a0a\u0a0a\nfirst\n" + secret_line("old").decode()
    repo.commit({"a.txt": old.encode("utf-16")})
    stage(repo, {"a.txt": (old + secret_line("new").decode()).encode("utf-16")})
    return scene(repo, "a.txt:4", revs="HEAD", ranged=("a.txt:3",))


def odd_names(repo: Repo) -> Scene:
    repo.commit({"-n": LONG})
    for name in (b"-n", b"one\ntwo\r.txt", b"\xff\xfe\xe4.txt", b' "quoted" \\ .txt', b":(glob)*"):
        repo.write(name, LONG + secret_line(repr(name)))
    repo.git("add", "--all")
    found = ["-n:41", "one\ntwo\r.txt:41", "\udcff\udcfe\udce4.txt:41", ' "quoted" \\ .txt:41', ":(glob)*:41"]
    return scene(repo, *found)


def sub_folder(repo: Repo) -> Scene:
    """Started below the top, all is scanned, and paths count from the top."""
    repo.commit({"sub/a.txt": LONG})
    stage(repo, {"sub/a.txt": LONG + secret_line("below"), "top.txt": text("top")})
    return scene(Place(str(repo.path / "sub"), {**os.environ}), "sub/a.txt:41", "top.txt:2")


def own_settings(repo: Repo) -> Scene:
    """What a person set for `git diff` changes nothing."""
    settings = {
        "color.ui": "always",
        "diff.noprefix": "true",
        "diff.interHunkContext": "50",
        "diff.context": "9",
        "diff.external": "false",
        "diff.renames": "false",
        "diff.algorithm": "patience",
        "log.showSignature": "true",
        "core.commentChar": ";",
    }
    for name, value in settings.items():
        repo.git("config", name, value)
    repo.commit({"a.txt": LONG + secret_line("old") + LONG})
    repo.git("mv", "a.txt", "b.txt")
    repo.commit({"b.txt": b"top\n" + LONG + secret_line("old") + LONG + secret_line("new")})
    stage(repo, {"b.txt": LONG + secret_line("old") + LONG + secret_line("new") + secret_line("newest")})
    return scene(repo, "b.txt:83", revs="HEAD~1..HEAD", ranged=("b.txt:83",))


CONTENTS: tuple[Callable[[Repo], Scene], ...] = (
    first_commit,
    root_commit,
    added_line,
    removed_line,
    deleted_file,
    rename,
    rename_with_change,
    copied_file,
    mode_change,
    file_becomes_link,
    symbolic_link,
    line_ends,
    autocrlf,
    no_newline_at_end,
    partial_add,
    intent_to_add,
    binary,
    wide_text,
    odd_names,
    sub_folder,
    own_settings,
)

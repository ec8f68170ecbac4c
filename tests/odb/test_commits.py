"""Commits and tags: what git writes is read, what nobody should write does no harm."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from keyguard.odb.commits import (
    Author,
    Links,
    LinkTable,
    message_start,
    read_author,
    read_links,
    read_links_many,
    tag_target,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.repositories import Repo

TREE, ONE, TWO = "a" * 40, "1" * 40, "2" * 40
HEAD = b"tree " + TREE.encode() + b"\n"


def commit(*lines: bytes) -> bytes:
    return HEAD + b"".join(line + b"\n" for line in lines) + b"\nmessage\n"


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"tree", b"tree \n", b"tree " + b"z" * 40 + b"\n", b"tree abc\n", b"trie " + b"a" * 40 + b"\n",
     b"\xfftree " + b"a" * 40, b"tree " + b"A" * 40 + b"\n", b"tree " + b"a" * 41 + b"\n", b"\0" * 100],
)  # fmt: skip
def test_no_commit(content: bytes) -> None:
    with pytest.raises(ValueError, match="it names no tree"):
        read_links(content)


@pytest.mark.parametrize("parent", [b"", b"abc", b"z" * 40, b"1" * 40 + b" ", b"\xff" * 40])
def test_parents_that_are_no_names(parent: bytes) -> None:
    with pytest.raises(ValueError, match="it names no parent"):
        read_links(commit(b"parent " + parent))


@pytest.mark.parametrize(
    ("line", "time"),
    [
        (b"committer A <a@b> 12 +0000", 12),
        (b"committer A <a@b> -12 +0000", -12),
        (b"committer A <a> b> 7 +0000", 7),
        (b"committer 5", 5),
        (b"committer ", 0),
        (b"committer A <a@b>", 0),
        (b"committer A <a@b> --5 +0000", 0),
        (b"committer A <a@b> soon", 0),
        (b"committer A <a@b> " + b"9" * 5000, 0),
        ("committer ²".encode(), 0),
        (b"x", 0),
    ],
)
def test_times(line: bytes, time: int) -> None:
    assert read_links(commit(line)) == Links(TREE, (), time)


def test_parents() -> None:
    parents = [b"parent " + name.encode() for name in (ONE, TWO)]
    assert read_links(commit(*parents, b"committer A <a> 1 +0000")) == Links(TREE, (ONE, TWO), 1)
    assert read_links(commit(b"author x", parents[0])).parents == ()


def links_or_reason(content: bytes) -> Links | str:
    try:
        return read_links(content)
    except ValueError as error:
        return str(error)


def test_many_are_read_as_one_by_one_is() -> None:
    parents = [b"parent " + name.encode() for name in (ONE, TWO)]
    usual = [b"author A <a> 1 +0000", b"committer A <a> 5 +0000"]
    contents = [
        *(commit(*parents[:count], *usual) for count in range(3)),
        *(HEAD, commit(b"committer 7", *usual), commit(b"parent x"), b"", b"tree"),
        *(HEAD.replace(b"a" * 40, b"b" * 64), commit(*parents, b"committer ;")),
        *(HEAD + parents[0] + b"\n" + usual[0], HEAD + usual[0] + b"\n" + usual[1]),
    ]
    text = b"".join(contents)
    ends = [*accumulate(map(len, contents))]
    names = [f"{place:040x}" for place in range(len(contents))]
    table, failures = read_links_many(names, text, zip([0, *ends], ends))
    found = {**dict(table.rows()), **{names[place]: reason for place, reason in failures}}
    assert found == dict(zip(names, map(links_or_reason, contents)))
    assert read_links_many([], b"", []) == (LinkTable("", "", "", ""), [])
    assert [*LinkTable("", "", "", "").rows()] == []


def test_a_header_without_end() -> None:
    assert read_links(HEAD) == Links(TREE, (), 0)
    assert message_start(HEAD) == len(HEAD)


@pytest.mark.parametrize(
    "when",
    [b"", b" ", b"soon", b"99999999999999999999 +0000", b"1 +9999", b"1 -9999", b"1 +99999999999",
     b"1 \xff", b"9" * 5000, b"-99999999999999 +0000"],
)  # fmt: skip
def test_dates_that_are_none(when: bytes) -> None:
    author = read_author(commit(b"author A <a@b> " + when))
    assert author.name == "A"
    assert author.date in ("", "1970-01-01T00:00:01+00:00")


@pytest.mark.parametrize(
    ("line", "author"),
    [
        (b"author", Author("", "", "")),
        (b"author \xff <\xfe> 0 +0000", Author("\ufffd", "\ufffd", "1970-01-01T00:00:00+00:00")),
        (b"author A > B <a> 0 -0330", Author("A > B", "a", "1969-12-31T20:30:00-03:30")),
        (b"author <> 0 +0000", Author("", "", "1970-01-01T00:00:00+00:00")),
        (b"tagger T <t> 0 +0545", Author("T", "t", "1970-01-01T05:45:00+05:45")),
        (b"other", Author("", "", "")),
    ],
)
def test_authors(line: bytes, author: Author) -> None:
    assert read_author(commit(line)) == author


def test_the_message_has_no_author() -> None:
    assert read_author(HEAD + b"\nauthor A <a> 0 +0000\n") == Author("", "", "")


@pytest.mark.parametrize(
    "content", [b"", b"object", b"object " + b"1" * 40, b"type commit\n", b"\n\nobject x\ntype y\n"]
)
def test_no_tag(content: bytes) -> None:
    assert tag_target(content) == ("", "")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_what_git_writes(new_repo: Callable[..., Repo], object_format: str) -> None:
    repo = new_repo("repo", object_format=object_format)
    first = repo.commit({"a": "1"})
    repo.branch("side")
    side = repo.commit({"b": "2"})
    repo.switch("main")
    repo.commit({"c": "3"})
    merge = repo.merge("side", "a merge")
    raw = repo.git("cat-file", "commit", merge).encode() + b"\n"
    links = read_links(raw)
    assert links.tree == repo.head("HEAD^{tree}")
    assert links.parents == (repo.head("HEAD^1"), side)
    assert str(links.time) == repo.git("log", "-1", "--format=%ct")
    assert raw[message_start(raw) :] == b"a merge\n"
    author = read_author(raw)
    assert [author.name, author.email] == repo.git("log", "-1", "--format=%an%n%ae").splitlines()
    assert author.date == repo.git("log", "-1", "--format=%aI").replace("Z", "+00:00")
    tag = repo.tag("v1", "a tag", first)
    assert tag_target(repo.git("cat-file", "tag", tag).encode()) == (first, "commit")

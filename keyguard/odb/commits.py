"""The fields of commits and tags that say who, when and what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

_NAME = rb"[0-9a-f]{40}(?:[0-9a-f]{24})?"
# As git writes almost every commit.
_USUAL = re.compile(
    rb"tree (%b)\n((?:parent %b\n)*)author [^\n]*\ncommitter [^\n]*> (-?[0-9]{1,20}) [^\n>]*\n" % (_NAME, _NAME)
)
_HEADER = re.compile(rb"tree (%b)\n((?:parent %b\n)*)" % (_NAME, _NAME))
_SECONDS = re.compile(rb"-?[0-9]{1,20}")


class Links(NamedTuple):
    """What a commit points to (object names, hex) and its committer time in seconds since 1970."""

    tree: str
    parents: tuple[str, ...]
    time: int


class LinkTable(NamedTuple):
    """Names and links of many commits as text, which is pickled in a twentieth of the time: a line for each commit, of
    `parents` what stands between semicolons."""

    names: str
    trees: str
    parents: str
    times: str

    def rows(self) -> Iterator[tuple[str, Links]]:
        if not self.names:
            return iter(())
        parents = [tuple(lines.split()[1::2]) for lines in self.parents.split(";")]
        times = map(int, self.times.split("\n"))
        return zip(self.names.split("\n"), map(Links, self.trees.split("\n"), parents, times))


class Author(NamedTuple):
    """`date` is ISO 8601 with offset; empty where the commit does not tell."""

    name: str
    email: str
    date: str


def message_start(content: bytes, start: int = 0, end: int | None = None) -> int:
    """Where the message of the commit or tag begins that stands from `start` to `end`."""
    end = len(content) if end is None else end
    empty_line = content.find(b"\n\n", start, end)
    return end if empty_line < 0 else empty_line + 2


def read_links(content: bytes) -> Links:
    """Tree, parents and committer time. Raises ValueError for what is no commit."""
    tree, parents, seconds = _fields(content, 0, len(content))
    return Links(tree.decode(), tuple(parents.decode().split()[1::2]), int(seconds))


def read_links_many(
    names: Iterable[str], text: bytes, bounds: Iterable[tuple[int, int]]
) -> tuple[LinkTable, list[tuple[int, str]]]:
    """Reads the commits that stand in a text; also gives the places of those that are none, and why."""
    known, fields, failures = [], [], []
    for place, (name, (start, end)) in enumerate(zip(names, bounds, strict=True)):
        try:
            fields.append(_fields(text, start, end))
        except ValueError as error:
            failures.append((place, str(error)))
        else:
            known.append(name)
    trees, parents, times = zip(*fields) if fields else ((), (), ())
    columns = b"\n".join(trees), b";".join(parents), b"\n".join(times)
    return LinkTable("\n".join(known), *(column.decode() for column in columns)), failures


def _fields(text: bytes, start: int, end: int) -> Sequence[bytes]:
    """Tree, the lines of the parents, and seconds."""
    usual = _USUAL.match(text, start, end)
    return usual.groups() if usual else _read_fields(text[start:end])


def _read_fields(content: bytes) -> Sequence[bytes]:
    head = _HEADER.match(content)
    if not head:
        raise ValueError("it names no tree")
    end = head.end()
    if content.startswith(b"parent ", end):
        raise ValueError("it names no parent")
    start = content.find(b"\ncommitter ", end - 1)
    line = content[start + 11 : content.find(b"\n", start + 1)] if start >= 0 else b""
    return head[1], head[2], _seconds(line)


def _seconds(value: bytes) -> bytes:
    fields = value.rpartition(b">")[2].split()
    return fields[0] if fields and _SECONDS.fullmatch(fields[0]) else b"0"


def read_author(content: bytes) -> Author:
    """The author of a commit, or the tagger of a tag."""
    for line in content[: message_start(content)].split(b"\n"):
        key, _, value = line.partition(b" ")
        if key in (b"author", b"tagger"):
            name, _, rest = value.partition(b"<")
            email, _, when = rest.rpartition(b">")
            return Author(_text(name), _text(email), _date(when))
    return Author("", "", "")


def tag_target(content: bytes) -> tuple[str, str]:
    """The object that a tag names (hex) and its kind; empty for a broken tag."""
    first, second, *_ = [*content.split(b"\n", 2), b"", b""]
    if not first.startswith(b"object ") or not second.startswith(b"type "):
        return "", ""
    return first[7:].decode("ascii", "replace"), second[5:].decode("ascii", "replace")


def _text(value: bytes) -> str:
    return value.strip().decode("utf-8", "replace")


def _date(when: bytes) -> str:
    fields = when.split()
    try:
        zone = int(fields[1]) if len(fields) > 1 else 0
        minutes = (abs(zone) // 100 * 60 + abs(zone) % 100) * (-1 if zone < 0 else 1)
        return datetime.fromtimestamp(int(fields[0]), timezone(timedelta(minutes=minutes))).isoformat()
    except (ValueError, IndexError, OverflowError, OSError):
        return ""

"""The fields of commits and tags that say who, when and what."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import NamedTuple


class Links(NamedTuple):
    """What a commit points to (object names, hex) and its committer time in seconds since 1970."""

    tree: str
    parents: tuple[str, ...]
    time: int


class Author(NamedTuple):
    """`date` is ISO 8601 with offset; empty where the commit does not tell."""

    name: str
    email: str
    date: str


def message_start(content: bytes) -> int:
    """Where the message of a commit or tag begins."""
    end = content.find(b"\n\n")
    return len(content) if end < 0 else end + 2


def read_links(content: bytes) -> Links:
    """Tree, parents and committer time. Raises ValueError for what is no commit."""
    if not content.startswith(b"tree "):
        raise ValueError("it names no tree")
    end = content.find(b"\n")
    tree = content[5:end].decode("ascii", "replace")
    parents: list[str] = []
    while content.startswith(b"parent ", end + 1):
        start = end + 8
        end = content.find(b"\n", start)
        parents.append(content[start:end].decode("ascii", "replace"))
    start = content.find(b"\ncommitter ", end)
    line = content[start + 11 : content.find(b"\n", start + 1)] if start >= 0 else b""
    return Links(tree, tuple(parents), _seconds(line))


def _seconds(value: bytes) -> int:
    fields = value.rpartition(b">")[2].split()
    return int(fields[0]) if fields and fields[0].lstrip(b"-").isdigit() else 0


def read_author(content: bytes) -> Author:
    """The author of a commit, or the tagger of a tag."""
    for line in content[: message_start(content)].split(b"\n"):
        key, _, value = line.partition(b" ")
        if key in (b"author", b"tagger"):
            name, _, rest = value.partition(b"<")
            email, _, when = rest.rpartition(b">")
            return Author(_text(name), _text(email), _date(when))
    return Author("", "", "")


def tag_target(content: bytes) -> str:
    """The object that a tag names, hex; empty for a broken tag."""
    first = content.split(b"\n", 1)[0]
    return first[7:].decode("ascii", "replace") if first.startswith(b"object ") else ""


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

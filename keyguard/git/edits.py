"""The edits of some paths in all of a history: what a file was, what it became, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.git.place import Place


class Edit(NamedTuple):
    """Blob ids before and after; `new` is all zeros where the file was deleted. `date` is ISO 8601."""

    path: bytes
    old: str
    new: str
    date: str


def edits_of(place: Place, paths: Sequence[bytes]) -> Iterator[Edit]:
    """All edits and deletions outside merges, the newest first."""
    command = ["--literal-pathspecs", "log", "--all", "--full-history", "--no-renames", "--raw", "--no-abbrev", "-z"]
    question = b"--\n" + b"".join(path + b"\n" for path in paths if b"\n" not in path)
    answer = place.ask([*command, "--format=%x01%cI", "--stdin"], question)
    date = ""
    words = iter(answer.stdout.replace(b"\n", b"\0").split(b"\0"))
    for word in words:
        if word.startswith(b"\x01"):
            date = word[1:].decode("ascii", "replace")
        elif word.startswith(b":"):
            _, _, old, new, kind = word[1:].decode("ascii", "replace").split()
            path = next(words)
            if kind in {"M", "D", "T"}:
                yield Edit(path, old, new, date)

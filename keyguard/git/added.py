"""Which lines of an object another one does not have, as git tells them apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from keyguard.git.place import Place

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
# Settings of the person may change what `git diff` prints, but not with these. A line that only got another line end,
# or got one at last, is no new line.
_PLAIN = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--text", "--unified=0", "--inter-hunk-context=0"),
    *("--no-indent-heuristic", "--ignore-cr-at-eol", "--output-indicator-new=+", "--output-indicator-old=-"),
)


class Lines(NamedTuple):
    """Lines `first` to `last`, counted from 1."""

    first: int
    last: int

    def touches(self, first: int, last: int) -> bool:
        return self.first <= last and first <= self.last


def added_lines(place: Place, old: str, new: str) -> list[Lines]:
    """The lines of blob `new` that blob `old` does not have. GitError where one of them cannot be read."""
    answer = place.ask(["diff", *_PLAIN, old, new, "--"], codes=(0, 1))
    return list(_hunks(answer.stdout.split(b"\n")))


def _hunks(lines: list[bytes]) -> list[Lines]:
    """The text of a hunk is stepped over by its length: it can look like anything."""
    found: list[Lines] = []
    at = 0
    while at < len(lines):
        hunk = _HUNK.match(lines[at])
        at += 1
        if hunk:
            gone, first, come = (int(number) if number else 1 for number in hunk.groups())
            if come:
                found.append(Lines(first, first + come - 1))
            left = gone + come
            while left and at < len(lines):
                left -= not lines[at].startswith(b"\\")
                at += 1
    return found

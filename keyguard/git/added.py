"""Which lines of an object another one does not have, as git tells them apart."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyguard.git.place import Place

_PAIR = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)")
_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
# Settings of the person may change what `git diff` prints, but not with these. A line that only got another line end,
# or got one at last, is no new line.
_PLAIN = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--text", "--unified=0", "--inter-hunk-context=0"),
    *("--no-indent-heuristic", "--ignore-cr-at-eol", "--output-indicator-new=+", "--output-indicator-old=-"),
    *("--full-index", "--submodule=short"),
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
    return next((lines for _, lines in _files(BytesIO(answer.stdout))), [])


def staged_lines(place: Place) -> dict[tuple[str, str], list[Lines]]:
    """The same of all files that the index and HEAD have both: by old and new object, and by one git process.

    A file that only became another kind of file is left out. GitError where an object cannot be read.
    """
    answer = place.ask(["diff-index", "--cached", "--patch", "-M", "--diff-filter=MR", *_PLAIN, "HEAD", "--"])
    return dict(_files(BytesIO(answer.stdout)))


def _files(patch: Iterable[bytes]) -> Iterator[tuple[tuple[str, str], list[Lines]]]:
    """The old and the new object of each file, and its new lines. The text of a hunk is stepped over by its length: it
    can look like anything."""
    pair, found = ("", ""), list[Lines]()
    left = 0
    for line in patch:
        if left:
            left -= not line.startswith(b"\\")
        elif objects := _PAIR.match(line):
            if any(pair):
                yield pair, found
            pair, found = (objects[1].decode(), objects[2].decode()), []
        elif hunk := _HUNK.match(line):
            gone, first, come = (int(number) if number else 1 for number in hunk.groups())
            left = gone + come
            if come:
                found.append(Lines(first, first + come - 1))
    if any(pair):
        yield pair, found

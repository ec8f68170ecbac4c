"""What git knows of the files below a folder of a working tree."""

from __future__ import annotations

import re

from keyguard.git.process import failure, run
from keyguard.model.namedtuple import NamedTuple

_SUBMODULE = b"160000"
_UNREADABLE = re.compile(rb"warning: could not open directory '(.*)': (.*)")


class TreeListing(NamedTuple):
    """Paths relative to the folder that was asked about, with "/" between parts, each once.

    `tracked` may name files that are deleted. `nested` are repositories of their own that are not submodules;
    `unreadable` are folders with git's reason.
    """

    tracked: list[bytes]
    untracked: list[bytes]
    submodules: list[bytes]
    nested: list[bytes]
    unreadable: list[tuple[bytes, str]]


def list_tree(folder: bytes, *, include_ignored: bool = False) -> TreeListing | None:
    """List a folder that may lie in a working tree; None where git sees none. Raises GitError where git refuses."""
    ignoring = [] if include_ignored else ["--exclude-standard"]
    # -t and -s together tell tracked paths from untracked ones whatever their names hold.
    command = ["ls-files", "-z", "-t", "-s", "--cached", "--others", *ignoring]
    answer = run(command, cwd=folder, codes=(0, 128))
    if answer.code:
        if b"not a git repository" in answer.stderr or b"must be run in a work tree" in answer.stderr:
            return None
        raise failure(answer.stderr, answer.code)
    tracked: set[bytes] = set()  # a file in conflict is listed once for each side
    submodules: set[bytes] = set()
    untracked: list[bytes] = []
    nested: list[bytes] = []
    for entry in answer.stdout.split(b"\0"):
        if entry.startswith(b"? "):
            (nested if entry.endswith(b"/") else untracked).append(entry[2:])
        elif entry:
            facts, _, path = entry.partition(b"\t")
            (submodules if facts[2:8] == _SUBMODULE else tracked).add(path)
    unreadable = [(path, reason.decode("utf-8", "replace")) for path, reason in _UNREADABLE.findall(answer.stderr)]
    return TreeListing(sorted(tracked), untracked, sorted(submodules), nested, unreadable)


def is_ignored(folder: bytes) -> bool:
    """Whether the repository around a folder ignores that folder as a whole."""
    return run(["check-ignore", "--quiet", "."], cwd=folder, codes=(0, 1, 128)).code == 0

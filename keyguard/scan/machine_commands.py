"""Tells keys that were passed to a program as an argument, in histories and among running programs."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Final

from keyguard.model import Skip
from keyguard.scan.files import Batch, FilesOutcome
from keyguard.sources.files import open_file

if TYPE_CHECKING:
    from keyguard.model import Confidence
    from keyguard.scan.matcher import Matcher

_SIGHT: Final = 4096
_MOST: Final = 1 << 20
# What zsh and fish write before a command.
_STAMP: Final = re.compile(rb"\A(?:: \d+:\d+;|- cmd: )")
_SEPARATOR: Final = re.compile(rb"&&|\|\||[;|&(`]|\$\(")
# A value that goes to a variable of the shell or to a program's environment, and not to its arguments.
_ASSIGNED: Final = re.compile(
    rb"""(?ix) \A \s* (?:
    (?: (?:export|declare|typeset|local|readonly|set) \s+ (?:-\w+\s+)* )? (?: \w+=\S*\s+ )*
    (?: \$(?:env|global|script): )? \$? \w+ \s*=\s* | set \s+ (?:-\w+\s+)* \w+ \s+
    ) ["']? [^\s"']* \Z"""
)


def is_argument(before: bytes) -> bool:
    """Whether what follows `before`, on a line of a history, was passed to a program."""
    command = _SEPARATOR.split(_STAMP.sub(b"", before))[-1]
    return not _ASSIGNED.match(command)


def read_before(path: bytes, start: int) -> bytes:
    """What stands on the line before the byte at `start`. Raises OSError and ObjectError."""
    low = max(0, start - _SIGHT)
    with open_file(path) as file:
        file.seek(low)
        return file.read(start - low).rpartition(b"\n")[2]


def scan_processes(matcher: Matcher, least: Confidence) -> FilesOutcome:
    """The command lines of this person's programs, but for this one. Nothing where the system does not show them."""
    batch = Batch(matcher, least)
    skips: list[Skip] = []
    count = 0
    if sys.platform != "linux":
        return batch.outcome(0, [Skip("running programs", "read on Linux only", complete=True)])
    for name in sorted(filter(str.isdecimal, os.listdir("/proc")), key=int):
        path = f"/proc/{name}/cmdline"
        try:
            if int(name) == os.getpid() or os.stat(path).st_uid != os.getuid():
                continue
            with open(path, "rb") as file:
                line = file.read(_MOST)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
        except OSError as error:
            skips.append(Skip(path, error.strerror or "cannot be read"))
            continue
        batch.add("file", path.encode("ascii"), line.replace(b"\0", b" "))
        count += 1
    return batch.outcome(count, skips)

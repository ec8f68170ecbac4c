"""What git tells the hooks of a push on standard input: refs, and what they were and become.

https://git-scm.com/docs/githooks (pre-push, pre-receive)
"""

from __future__ import annotations

import re
from typing import NamedTuple

from keyguard.errors import GitError

_NAME = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Pushed(NamedTuple):
    """One ref of a push. `old` is empty for a new ref, `new` for one that goes away."""

    ref: bytes
    old: str
    new: str


def read_pre_push(lines: bytes) -> list[Pushed]:
    """Lines of "local-ref new remote-ref old"; a local ref may be any expression, with spaces too."""
    return [_pushed(line, 3, ref=-2, old=-1, new=-3) for line in lines.splitlines() if line.strip()]


def read_pre_receive(lines: bytes) -> list[Pushed]:
    """Lines of "old new ref"."""
    return [_pushed(line, 2, ref=2, old=0, new=1) for line in lines.splitlines() if line.strip()]


def _pushed(line: bytes, spaces: int, *, ref: int, old: int, new: int) -> Pushed:
    fields = line.rsplit(b" ", spaces)
    if len(fields) == spaces + 1:
        names = [fields[place].decode("ascii", "replace") for place in (old, new)]
        if all(map(_NAME.fullmatch, names)):
            return Pushed(fields[ref], *(name if name.strip("0") else "" for name in names))
    raise GitError("standard input does not hold the lines that git gives this hook", "let git call it")

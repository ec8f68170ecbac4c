"""A commit message as git will keep it: without the comments and what stands below the scissors.

https://git-scm.com/docs/git-commit (--cleanup), core.commentChar in git-config(1)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from keyguard.git.place import Place

_CUT: Final = b" ------------------------ >8 ------------------------"
_AUTO: Final = b"#;@!$%^&|:"  # what git chooses from
_KEYS: Final = r"^(core\.comment(char|string)|commit\.cleanup)$"


class Cleaning(NamedTuple):
    """What begins a comment (empty: git has chosen), and whether comments are taken out."""

    comment: bytes
    comments_go: bool


def cleaning(place: Place, *, edited: bool) -> Cleaning:
    """What git will do to the message. `edited`: a person saw it in an editor."""
    answer = place.ask(["config", "--null", "--get-regexp", _KEYS], codes=(0, 1, 128))
    settings = dict(entry.partition(b"\n")[::2] for entry in answer.stdout.split(b"\0") if entry)
    comment = settings.get(b"core.commentstring") or settings.get(b"core.commentchar") or b"#"
    mode = settings.get(b"commit.cleanup", b"default")
    goes = mode == b"strip" or (mode == b"default" and edited)
    return Cleaning(b"" if comment == b"auto" else comment, goes)


def kept(message: bytes, how: Cleaning) -> bytes:
    """The message with empty lines for what git leaves out, so that lines keep their numbers."""
    lines = message.splitlines(keepends=True)
    comment = how.comment or _chosen(lines)
    for number, line in enumerate(lines):
        # What git writes itself goes on with an explanation; a line that a person drew does not.
        after = lines[number + 1 : number + 2]
        if line.rstrip(b"\r\n") == comment + _CUT and all(next_line.startswith(comment) for next_line in after):
            lines = lines[:number]
            break
    if how.comments_go:
        lines = [re.sub(rb"[^\r\n]", b"", line) if line.startswith(comment) else line for line in lines]
    return b"".join(lines)


def _chosen(lines: list[bytes]) -> bytes:
    """With `auto` git takes a sign that no line of the message began with, for the lines at its end."""
    last = next((line[:1] for line in reversed(lines) if line.strip()), b"")
    drawn = (line[:1] for line in lines if line[1:].rstrip(b"\r\n") == _CUT)
    chosen = next(drawn, last)
    return chosen if chosen and chosen in _AUTO else b"#"

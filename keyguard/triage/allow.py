"""Comments that allow a secret where it stands: keyguard's own, and those of other scanners.

`keyguard:allow [RULE,…] [reason]` counts on the lines of the secret, and alone on the line before it. Of what others
write, `gitleaks:allow`, `betterleaks:allow`, `trufflehog:ignore`, `pragma: allowlist secret`, `nosecret` and `ggignore`
count on the lines of the secret, `pragma: allowlist nextline secret` on the line before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from keyguard.model import Allowance
from keyguard.model.namedtuple import NamedTuple

_OWN = re.compile(rb"(?i)(?<![\w-])keyguard:allow(?![\w-])")
_OTHERS = re.compile(
    rb"(?i)(?<![\w-])(?:(?:gitleaks|betterleaks):allow|trufflehog:ignore|pragma:[ ]?(?:allow|white)list[ -]secret"
    rb"|(?<=[#/*;%'\s-])(?:nosecret|ggignore))(?![\w-])"
)
_NEXT_LINE = re.compile(rb"(?i)(?<![\w-])pragma:[ ]?(?:allow|white)list[ -]nextline[ -]secret(?![\w-])")
_BARE = frozenset({b"nosecret", b"ggignore"})
_LEADER = re.compile(rb"(?i)#|//|/\*|<!--|--|;|%|\(\*|\{-|'|\"|\brem\b|\bdnl\b|^\s*[*!]|\.\.")
# The line before counts only where a comment is all that is on it: else the comment belongs to that line.
_ALONE = re.compile(rb"(?i)[^\w\"'=]*(?:(?:rem|dnl)\b)?[^\w=]*")
_CLOSED = re.compile(rb"(?:\*/|--%?>|-\}|\*\)|#\}|\"\"\"|''')\s*$")
_SELECTOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:,[a-z0-9]+(?:-[a-z0-9]+)*)*,?")
_LONGEST_REASON = 200


class Names(NamedTuple):
    """The ids a comment can name: those of all rules, and of their providers."""

    rules: frozenset[str]
    providers: frozenset[str]


def inline_allowance(
    text: bytes, start: int, end: int, own: Collection[str], names: Names, *, clipped: bool = False
) -> Allowance | None:
    """What allows the value at `start` to `end` of `text`. `own` are the ids it goes by: of its rule and provider.

    `clipped`: something comes before `text`.
    """
    first = text.rfind(b"\n", 0, start) + 1
    last = text.find(b"\n", end)
    here = text[first : last if last >= 0 else len(text)]
    before = _line_before(text, first, clipped=clipped)
    for line, alone in ((here, False), (before, True)):
        for allowance in _ours(line, own, names, alone=alone):
            return allowance
    return _theirs(here, before)


def _line_before(text: bytes, first: int, *, clipped: bool) -> bytes:
    """The line that ends at `first`, where all of it is there."""
    newline = text.rfind(b"\n", 0, max(0, first - 1))
    return b"" if not first or (newline < 0 and clipped) else text[newline + 1 : first - 1]


def _ours(lines: bytes, own: Collection[str], names: Names, *, alone: bool) -> Iterator[Allowance]:
    for marker in _OWN.finditer(lines):
        if alone and not _ALONE.fullmatch(lines, 0, marker.start()):
            continue
        rest = lines[marker.end() :].partition(b"\n")[0]
        chosen, reason = _words(_CLOSED.sub(b"", rest).decode("utf-8", "replace"), names)
        if not chosen or chosen.intersection(own):
            yield Allowance("inline", "keyguard:allow", reason)


def _words(text: str, names: Names) -> tuple[set[str], str]:
    """The ids that the comment names, and its reason.

    The first word is a list of ids where each of them is a rule or a provider, or begins like a rule of one: a
    misspelled rule allows nothing.
    """
    word, _, rest = text.strip(" \t\r=:([").partition(" ")
    ids = {each for each in word.rstrip(",:)]").split(",") if each}
    if ids and _SELECTOR.fullmatch(word.rstrip(":)]")) and all(_is_named(each, names) for each in ids):
        return ids, _plain(rest)
    return set(), _plain(text)


def _is_named(word: str, names: Names) -> bool:
    if word in names.rules or word in names.providers:
        return True
    return "-" in word and any(word.startswith(f"{provider}-") for provider in names.providers)


def _plain(text: str) -> str:
    return text.strip(" \t\r-=:()[]")[:_LONGEST_REASON]


def _theirs(here: bytes, before: bytes) -> Allowance | None:
    for marker in _OTHERS.finditer(here):
        word = marker[0].lower()
        if word in _BARE and not _LEADER.search(here, 0, marker.start()):
            continue
        return Allowance("inline", word.decode("ascii"))
    found = _NEXT_LINE.search(before)
    return Allowance("inline", found[0].lower().decode("ascii")) if found else None

"""Texts full of made-up secrets, and the edits that one version of a text is made of from the one before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from tests.odb.crafting import copy, delta, insert

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAR = 1 << 30
_BORDERS = (b"", rb"(?m:^)", rb"(?m:$)", rb"\b", rb"\b", b"[A-Z]")


class Insert(NamedTuple):
    data: bytes


class Copy(NamedTuple):
    """Bytes `start` to `end` of the version before."""

    start: int
    end: int


Edit = Insert | Copy


class Cut(NamedTuple):
    """What becomes of one part of a text; `at` says where it ends, as a share of 2**30, moved to the next `border`."""

    at: int
    border: bytes
    fate: str
    new: bytes


def texts(fragments: Sequence[bytes], most: int) -> st.SearchStrategy[bytes]:
    """Up to `most` times a few fragments in a row."""
    row = st.lists(st.sampled_from(fragments), max_size=8).map(b"".join)
    return st.lists(row, max_size=most).map(b"".join)


def cuts(fragments: Sequence[bytes], most: int = 6) -> st.SearchStrategy[list[Cut]]:
    """An edit of a text of any length: for `apply_cuts`."""
    fates = st.sampled_from(("keep", "keep", "drop", "twice", "last", "first", "insert", "insert"))
    new = st.lists(st.sampled_from(fragments), max_size=3).map(b"".join)
    cut = st.builds(Cut, st.integers(0, _FAR), st.sampled_from(_BORDERS), fates, new)
    return st.lists(cut, min_size=1, max_size=most)


def plan(text: bytes, parts: Sequence[Cut]) -> list[Edit]:
    """The edit in terms of copy runs of `text` and inserts; parts may be dropped, doubled, moved to either end."""
    places = sorted({_place(text, cut) for cut in parts} | {0, len(text)})
    edits: list[Edit] = []
    for number, (start, end) in enumerate(zip(places, places[1:] or places)):
        cut, run = parts[number % len(parts)], Copy(start, end)
        if cut.fate == "first":
            edits.insert(0, run)
        elif cut.fate != "drop":
            edits += [run, run] if cut.fate == "twice" else [run]
        if cut.fate == "insert":
            edits.append(Insert(cut.new))
        elif cut.fate == "last" and len(edits) > 1:
            edits.append(edits.pop(0))
    return edits


def _place(text: bytes, cut: Cut) -> int:
    found = re.compile(cut.border).search(text, cut.at * len(text) // _FAR)
    return found.start() if found else len(text)


def apply(text: bytes, edits: Sequence[Edit]) -> bytes:
    """The next version of a text."""
    return b"".join(edit.data if isinstance(edit, Insert) else text[edit.start : edit.end] for edit in edits)


def encode(size: int, edits: Sequence[Edit]) -> bytes:
    """The edit of a text of `size` bytes as a git delta."""
    total = sum(len(edit.data) if isinstance(edit, Insert) else edit.end - edit.start for edit in edits)
    return delta(size, total, *map(_instruction, edits))


def _instruction(edit: Edit) -> bytes:
    if isinstance(edit, Insert):
        return insert(edit.data)
    return copy(edit.start, edit.end - edit.start) if edit.end > edit.start else b""

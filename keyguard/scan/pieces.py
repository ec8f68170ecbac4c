"""Scans one text that is too large to be held, in overlapping pieces."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from keyguard.model import Slab
from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.scan.matcher import Matcher
from keyguard.triage.confirm import Match
from keyguard.triage.locate import Span, locate

PIECE = 16 << 20


class _Piece(NamedTuple):
    """`step`: how far the next piece begins after this one; the size of this one where it is the last."""

    offset: int
    data: bytes
    step: int
    last: bool


def scan_pieces(matcher: Matcher, pieces: Iterable[tuple[int, bytes]]) -> dict[Match, Span]:
    """Matches with their places in the whole text. `pieces` are offsets and bytes; each must repeat at least
    `matcher.confirmer.overlap` bytes of the one before. Raises what reading them raises."""
    found: dict[Match, Span] = {}
    lines = columns = 0  # newlines before the piece, and code points since the last of them
    for piece in _with_steps(pieces):
        matches = sorted(_scan_piece(matcher, piece))
        spans = locate(piece.data, [(match.start, match.end) for match in matches])
        for match, (line, column, end_line, end_column) in zip(matches, spans):
            start, end = column + columns * (line == 1), end_column + columns * (end_line == 1)
            found.setdefault(_moved(match, piece.offset), Span(line + lines, start, end_line + lines, end))
        passed = piece.data[: piece.step]
        newline = passed.rfind(b"\n")
        lines += passed.count(b"\n")
        columns = len(passed[newline + 1 :].decode("utf-8", "replace")) + (columns if newline < 0 else 0)
    return found


def _with_steps(pieces: Iterable[tuple[int, bytes]]) -> Iterator[_Piece]:
    before: tuple[int, bytes] | None = None
    for offset, data in pieces:
        if before:
            yield _Piece(*before, offset - before[0], False)
        before = (offset, data)
    if before:
        yield _Piece(*before, len(before[1]), True)


def _scan_piece(matcher: Matcher, piece: _Piece) -> set[Match]:
    data = piece.data
    flags = FRAGMENT | (CLIPPED_LEFT if piece.offset else 0) | (0 if piece.last else CLIPPED_RIGHT)
    rows = array("i", (0, len(data), flags)).tobytes()
    confirmed = matcher.match(Slab(data + b"\n", [0], [0], [rows]))
    matches = {match for _, match in confirmed.matches}
    for _, hit in confirmed.wide:
        low, high = matcher.confirmer.edges(hit, len(data))
        if (low >= 0 or not piece.offset) and (high <= len(data) or piece.last):
            matches.update(matcher.confirmer.confirm_wide(data, hit))
    return matches


def _moved(match: Match, shift: int) -> Match:
    return match._replace(
        start=match.start + shift, end=match.end + shift, low=match.low + shift, high=match.high + shift
    )

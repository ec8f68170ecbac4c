"""Scans one text that is too large to be held, in overlapping pieces."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from keyguard.model import Slab
from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.scan.matcher import Matcher
from keyguard.sources.text import HEAD, Coding, coding_of
from keyguard.triage.context import SIGHT
from keyguard.triage.locate import Span, locate
from keyguard.triage.match import Match, WideHit

PIECE = 16 << 20

Pieces = Iterable[tuple[int, bytes]]


class Glimpse(NamedTuple):
    """Where a match stands in the whole text, and what is around it there: `around` begins at the offset `origin`."""

    span: Span
    around: bytes
    origin: int


class InPieces(NamedTuple):
    """Matches with their places in the whole text, and the rules that took too long on a piece.

    `content` is the size of the text, `scanned` how many bytes went through the engine.
    """

    found: dict[Match, Glimpse]
    timeouts: set[str]
    content: int = 0
    scanned: int = 0


class Piece(NamedTuple):
    """`step`: how far the next piece begins after this one; the size of this one where it is the last."""

    offset: int
    data: bytes
    step: int
    first: bool
    last: bool


class _Seen(NamedTuple):
    """The first bytes of a text, its size as stored, and how many bytes were scanned."""

    head: bytes
    size: int
    scanned: int


def scan_pieces(matcher: Matcher, read: Callable[[int, int], Pieces]) -> InPieces:
    """Scans a text, and where it is one of wide characters also what they say; offsets are those of the stored bytes.

    `read` gives, each time from the start, offsets and bytes in pieces of a size, each of which repeats so many bytes
    of the one before. Raises what reading raises.
    """
    out = InPieces({}, set())
    overlap = matcher.confirmer.overlap
    seen = _scan(matcher, read(PIECE, overlap), None, out)
    out = out._replace(content=seen.size, scanned=seen.scanned)
    coding = coding_of(seen.head)
    if coding:
        seen = _scan(matcher, _whole_characters(read(PIECE, coding.unit * overlap), coding), coding, out)
        out = out._replace(scanned=out.scanned + seen.scanned)
    return out


def _scan(matcher: Matcher, pieces: Pieces, coding: Coding | None, out: InPieces) -> _Seen:
    """Adds what is found to `out`."""
    head, size, scanned = b"", 0, 0
    lines = columns = 0  # newlines before the piece, and code points since the last of them
    for piece in _with_steps(pieces):
        text = coding.view(piece.data) if coding else piece.data
        head = piece.data[: HEAD + 1] if piece.first else head
        size, scanned = piece.offset + len(piece.data), scanned + len(text)
        matches = sorted(match_piece(matcher, text, piece, out.timeouts))
        spans = locate(text, [(match.start, match.end) for match in matches])
        stored = _stored(matches, text, piece.offset, coding)
        for seen, match, (line, column, end_line, end_column) in zip(matches, stored, spans):
            start, end = column + columns * (line == 1), end_column + columns * (end_line == 1)
            span = Span(line + lines, start, end_line + lines, end)
            low = max(0, seen.start - SIGHT)
            # Offsets of the view serve as those of the passage: what is around is told apart by them alone.
            out.found.setdefault(match, Glimpse(span, text[low : seen.end + SIGHT], match.start - seen.start + low))
        passed = piece.data[: piece.step]
        passed = coding.view(passed) if coding else passed
        newline = passed.rfind(b"\n")
        lines += passed.count(b"\n")
        columns = len(passed[newline + 1 :].decode("utf-8", "replace")) + (columns if newline < 0 else 0)
    return _Seen(head, size, scanned)


def _whole_characters(pieces: Pieces, coding: Coding) -> Iterator[tuple[int, bytes]]:
    """The pieces without the mark, each from the first character that begins in it."""
    for offset, data in pieces:
        skip = coding.skip(data, offset)
        yield offset + skip, data[skip:]


def _with_steps(pieces: Pieces) -> Iterator[Piece]:
    before: tuple[int, bytes] | None = None
    first = True
    for offset, data in pieces:
        if before:
            yield Piece(*before, offset - before[0], first, False)
            first = False
        before = (offset, data)
    if before:
        yield Piece(*before, len(before[1]), first, True)


def match_piece(matcher: Matcher, text: bytes, piece: Piece, timeouts: set[str]) -> set[Match]:
    flags = FRAGMENT | (0 if piece.first else CLIPPED_LEFT) | (0 if piece.last else CLIPPED_RIGHT)
    rows = array("i", (0, len(text), flags)).tobytes()
    confirmed = matcher.match(Slab(text + b"\n", [0], [0], [0, 1], rows, [0]))
    timeouts.update(rule for _, rule in confirmed.timeouts)
    matches = {match for _, match in confirmed.matches}
    by_rule: dict[int, list[WideHit]] = {}
    for _, hit in confirmed.wide:
        low, high = matcher.confirmer.edges(hit, len(text))
        if (low >= 0 or piece.first) and (high <= len(text) or piece.last):
            by_rule.setdefault(hit.rule, []).append(hit)
    for rule, hits in by_rule.items():
        try:
            matches.update(matcher.confirmer.confirm_wide(text, hits))
        except TimeoutError:
            timeouts.add(matcher.confirmer.rule_id(rule))
    return matches


def _stored(matches: list[Match], text: bytes, offset: int, coding: Coding | None) -> Iterator[Match]:
    """The same matches with offsets in the stored text, of which `text` begins at `offset`."""
    if coding is None:
        for match in matches:
            yield match._replace(
                start=match.start + offset, end=match.end + offset, low=match.low + offset, high=match.high + offset
            )
        return
    places: dict[int, int] = {}
    before, stored = 0, offset
    for place in sorted({place for match in matches for place in match[1:3]}):
        stored += coding.stored_size(text[before:place])
        before = place
        places[place] = stored
    for match in matches:
        start, end = places[match.start], places[match.end]
        yield match._replace(start=start, end=end, low=start, high=end)

"""Derives the trigger of a rule: a cheap pattern of one line that every match of the rule's pattern contains.

Concatenation is cut to a contiguous piece around a literal; an alternation keeps a piece of each branch.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from keyguard.errors import RuleError
from keyguard.providers import charset
from keyguard.providers.cutting import is_impossible, items_of, one_line, prefix, reversed_all, trim_both
from keyguard.providers.notation import write
from keyguard.providers.syntax import Alt, Chars, Node, Repeat, Seq, Zero, children, parse, widths

MAX_WIDTH = 256
LINE_END = "(?m:$)"
_LEAST_LITERAL = 3
_LEAST_WRITTEN = 2
_ENOUGH_LITERAL = 10
_LONGEST_LITERAL = 40
_POSITIONS_AFTER = 12
_POSITIONS_BEFORE = 8
_SHORT_LITERAL = 5
_MOST_VARIANTS = 64
_BITS_A_BYTE = 5.0
_PROSE = charset.LOWER | 1 << 32
_LEAST_BITS = 16.0
_WIDEST_BROAD = 64


class Trigger(NamedTuple):
    """A pattern for Hyperscan and the greatest number of bytes it can match."""

    pattern: str
    width: int


class _Piece(NamedTuple):
    """A necessary piece of a pattern. `score` is a guess at how rare it is, in bits; `certain` its literal bytes."""

    score: float
    certain: int
    node: Node


class _Language(NamedTuple):
    """How many strings a small tree stands for, and how many of their bytes are the same letter (either case)."""

    variants: int
    certain: int


def derive_trigger(pattern: str, *, lines: bool) -> Trigger:
    """The trigger of `pattern`; `lines` says that a match may cross line ends. RuleError where none is cheap enough."""
    piece = _best(items_of(one_line(parse(pattern).node, lines)))
    if piece is None or piece.certain < _LEAST_LITERAL:
        raise RuleError(
            f"no literal of {_LEAST_LITERAL} or more bytes that every match has on one line, "
            "expected one in each alternative, or a `trigger` that says what to look for"
        )
    return _finish(piece.node)


def broad_trigger(pattern: str, *, lines: bool) -> Trigger:
    """A trigger without a literal, such as `[A-Z0-9]{20}`: slower, and for the rules of other scanners only.

    RuleError where ordinary text would be full of its matches.
    """
    items = items_of(one_line(parse(pattern).node, lines))
    pieces = [Seq(trim_both(prefix(items[start:], _WIDEST_BROAD))) for start in range(len(items))]
    piece = max(pieces, key=_strangeness, default=Seq(()))
    if _strangeness(piece) < _LEAST_BITS:
        raise RuleError("it has no text of its own, and what it matches is in any file")
    return _finish(piece)


def _strangeness(node: Node) -> float:
    """How many bits of chance it takes for printable signs to match. What holds small letters and spaces is prose."""
    if isinstance(node, Chars):
        if not _PROSE & ~node.members:
            return 0.0
        return max(0.0, math.log2(charset.size(charset.PRINTABLE) / max(1, charset.size(node.members))))
    parts = list(map(_strangeness, children(node)))
    if isinstance(node, Alt):
        return max(0.0, min(parts) - math.log2(len(parts)))
    return parts[0] * node.low if isinstance(node, Repeat) else sum(parts)


def check_trigger(pattern: str) -> Trigger:
    """A trigger that somebody wrote, in the form that is run. RuleError where it is not bounded, or too weak.

    It may end with `LINE_END`: of all the places its words stand at, few are at the end of a line.
    """
    if pattern.endswith(LINE_END):
        trigger = check_trigger(pattern.removesuffix(LINE_END))
        return trigger._replace(pattern=f"(?:{trigger.pattern}){LINE_END}")
    node = parse(pattern).node
    _refuse_zero(node)
    node = one_line(node, False)
    if is_impossible(node) or _certain(node) < _LEAST_WRITTEN:
        raise RuleError(f"fewer than {_LEAST_WRITTEN} bytes are literal, expected more in each alternative")
    return _finish(node)


def _certain(node: Node) -> int:
    """How many bytes are the same letter (either case) in every match."""
    if isinstance(node, Chars):
        return int(charset.size(charset.lowered(node.members)) == 1)
    counts = [_certain(child) for child in children(node)]
    if isinstance(node, Alt):
        return min(counts)
    return counts[0] * node.low if isinstance(node, Repeat) else sum(counts)


def _finish(node: Node) -> Trigger:
    width = widths(node)[1]
    if width > MAX_WIDTH:
        raise RuleError(f"can match {width} bytes, expected at most {MAX_WIDTH}")
    return Trigger(write(node), width)


def _refuse_zero(node: Node) -> None:
    if isinstance(node, Zero):
        raise RuleError(f"a {node.what} in a trigger, expected a pattern that only matches bytes")
    for child in children(node):
        _refuse_zero(child)


def _best(items: tuple[Node, ...]) -> _Piece | None:
    """The rarest-looking piece of a sequence; the earliest one where several are equal."""
    if any(map(is_impossible, items)):
        raise RuleError("needs a line end in every match, expected a `reach` above 0")
    pieces = [piece for start in range(len(items)) for piece in _runs(items, start)]
    pieces += [piece for item in items if (piece := _inner(item)) is not None]
    return max(pieces, key=lambda piece: piece.score, default=None)


def _runs(items: tuple[Node, ...], start: int) -> list[_Piece]:
    """The pieces that begin with the literal at `start`: the best end for it, extended on both sides."""
    variants, certain, best, end = 1, 0, 0.0, start
    found = (0, start)
    for end in range(start, len(items)):
        language = _language(items[end])
        if language is None or variants * language.variants > _MOST_VARIANTS or (end == start and not language.certain):
            break
        variants, certain = variants * language.variants, certain + language.certain
        score = min(certain, _ENOUGH_LITERAL) * _BITS_A_BYTE - math.log2(variants)
        if score > best:
            best, found = score, (certain, end + 1)
    certain, end = found
    while end < len(items) and end - start < _LONGEST_LITERAL and _language(items[end]) == (1, 1):
        end += 1
    return [_Piece(best, certain, _extend(items, start, end, certain))] if certain else []


def _inner(item: Node) -> _Piece | None:
    """The piece inside one alternation or repeat, where each branch or the first copy must hold one."""
    if isinstance(item, Repeat):
        return _best(items_of(item.node)) if item.low else None
    if not isinstance(item, Alt):
        return None
    pieces: list[_Piece] = []
    for branch in item.branches:
        piece = _best(items_of(branch))
        if piece is None:
            return None
        pieces.append(piece)
    score = min(piece.score for piece in pieces) - math.log2(len(pieces))
    return _Piece(score, min(piece.certain for piece in pieces), Alt(tuple(piece.node for piece in pieces)))


def _language(node: Node) -> _Language | None:
    """None where the tree can cross a line or stands for more than a few strings."""
    if isinstance(node, Chars):
        count = charset.size(charset.lowered(node.members))
        small = count <= _MOST_VARIANTS and not node.members & charset.NEWLINE
        return _Language(count, int(count == 1)) if small else None
    parts = [_language(child) for child in children(node)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if isinstance(node, Alt):
        return _small(sum(part.variants for part in known), min(part.certain for part in known))
    if isinstance(node, Repeat):
        return _repeated(known[0], node)
    return _small(math.prod(part.variants for part in known), sum(part.certain for part in known))


def _repeated(part: _Language, node: Repeat) -> _Language | None:
    if node.high > _MOST_VARIANTS:
        return None
    return _small(sum(part.variants**count for count in range(node.low, node.high + 1)), part.certain * node.low)


def _small(variants: int, certain: int) -> _Language | None:
    return _Language(variants, certain) if variants <= _MOST_VARIANTS else None


def _extend(items: tuple[Node, ...], start: int, end: int, certain: int) -> Node:
    """The literal with some positions after it and, where it is short, before it: fewer false alarms."""
    after = prefix(items[end:], _POSITIONS_AFTER)
    before: tuple[Node, ...] = ()
    if certain < _SHORT_LITERAL:
        before = reversed_all(prefix(reversed_all(items[:start]), _POSITIONS_BEFORE))
    return Seq(trim_both(before + items[start:end] + after))

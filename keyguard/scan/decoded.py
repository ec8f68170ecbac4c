"""Confirms hits in text as it is and in what it decodes to: base64, hex, percent and backslash escapes, in each other.

What is found depends on bounded surroundings of a trigger in the encoded text alone: triggers are wide hits.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from keyguard.engine import Engine
from keyguard.model import Confidence, Hits, Rule, Severity, Slab
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT, Piece
from keyguard.sources.decode_triggers import (
    BASE64,
    DEEPEST,
    GZIP64,
    HEX,
    JOINED,
    LED,
    LONGEST_JOINED,
    QUADS,
    TEXT_QUADS,
    TRIGGERS,
    WIDE64,
    reach_at,
)
from keyguard.triage.confirm import Confirmer
from keyguard.triage.match import Confirmed, Inner, Match, WideHit

if TYPE_CHECKING:
    from keyguard.sources.decode import Decoded, Decoder

_WIDEST = max(trigger.width for trigger in TRIGGERS)
_ONE_SIGN = b"\n\"'=>:`,(\t"
_APART = 32
_AROUND = 128
_JOINED_LINE = 1024
_LEAST_WORK = 32 << 20
_WORK_A_BYTE = 16


class Confirming(Protocol):
    """What confirms hits; see `triage.confirm.Confirmer`."""

    @property
    def margin(self) -> int: ...

    @property
    def overlap(self) -> int: ...

    def rule_id(self, rule: int) -> str: ...

    def edges(self, hit: WideHit, size: int) -> tuple[int, int]: ...

    def confirm(self, slab: Slab, hits: Hits) -> Confirmed: ...

    def confirm_wide(self, content: bytes, hits: Iterable[WideHit]) -> list[Match]: ...


def seeking_rules() -> tuple[Rule, ...]:
    """The triggers as rules, for the engine."""
    return tuple(
        Rule(
            id=f"decode-{number}",
            provider="",
            title="",
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            pattern=trigger.pattern,
            trigger=trigger.pattern,
            width=trigger.width,
            span=trigger.width,
            reach=0,
            entropy=0.0,
            checksum="",
            generic=False,
            advice="",
        )
        for number, trigger in enumerate(TRIGGERS)
    )


class _Place(NamedTuple):
    """One trigger: which coding it speaks of, and where it begins and ends."""

    coding: int
    low: int
    at: int


class DecodingConfirmer:
    """A confirmer that also decodes, up to `depth` steps deep. Its engine reports the triggers after the rules."""

    def __init__(self, plain: Confirmer, engine: Engine, count: int, depth: int) -> None:
        self._plain, self._engine, self._count = plain, engine, count
        self._depth = min(depth, DEEPEST)
        self._searches = engine.name == "portable"

    @property
    def margin(self) -> int:
        return max(self._plain.margin, 2 * _WIDEST + 2)

    @property
    def overlap(self) -> int:
        reach = reach_at(0)
        return max(self._plain.overlap, 6 * reach.back + 2 * reach.ahead)

    def rule_id(self, rule: int) -> str:
        return self._plain.rule_id(rule) if rule < self._count else "decoding"

    def edges(self, hit: WideHit, size: int) -> tuple[int, int]:
        """What the verdict on a hit depends on, as `low` and `high` of a Match."""
        if hit.rule < self._count:
            return self._plain.edges(hit, size)
        if hit.rule - self._count == JOINED:
            return _joined_span(hit.at, size)
        back, ahead = reach_at(0)
        return _span(hit.at - 3 * back, hit.at + 3 * back + ahead, size)

    def confirm(self, slab: Slab, hits: Hits) -> Confirmed:
        """Confirms the hits of one slab. Those that need more than a fragment holds are handed back."""
        own, triggers = self._parted(slab.text, hits)
        out = self._plain.confirm(slab, own)
        # Which of several triggers is a hit depends on the lines around.
        out.places.extend(at - 1 for _, at in triggers)
        for (coding, start), ends in _by_piece(slab, triggers).items():
            piece = slab.piece(start)
            places = list(_places(slab.text, piece, coding, ends))
            shift = piece.origin - piece.start
            wide = [WideHit(self._count + coding, place.low + shift, place.at + shift) for place in places]
            out.wide.extend((piece.owner, hit) for hit in wide)
            if wide and not piece.flags & FRAGMENT:
                try:
                    matches = self.confirm_wide(slab.text[piece.start : piece.end], wide)
                    out.matches.extend((piece.owner, match) for match in matches)
                except TimeoutError:
                    out.timeouts.append((piece.owner, self.rule_id(self._count)))
        return out

    def confirm_wide(self, content: bytes, hits: Iterable[WideHit]) -> list[Match]:
        """Matches around hits in a whole object. Raises TimeoutError where it takes too long."""
        hits = list(hits)
        matches = self._plain.confirm_wide(content, [hit for hit in hits if hit.rule < self._count])
        codings: dict[int, list[int]] = {}
        for hit in hits:
            if hit.rule >= self._count:
                codings.setdefault(hit.rule - self._count, []).append(hit.at)
        work = _Work(_LEAST_WORK + _WORK_A_BYTE * len(content))
        for coding, ends in sorted(codings.items()):
            matches += self._decode(content, coding, sorted(set(ends)), 0, work)
        return matches

    def _parted(self, text: bytes, hits: Hits) -> tuple[Hits, list[tuple[int, int]]]:
        """The hits of rules, and of triggers: number and end."""
        if self._searches:
            from keyguard.sources.decode_search import search

            return hits, list(search(text))
        count = self._count
        triggers = [(rule - count, at) for rule, at in zip(hits.rules, hits.ends) if rule >= count]
        if TEXT_QUADS.match(text):  # a text begins where a line does, and the first has no newline before it
            triggers.insert(0, (0, 4 * QUADS))
        if not triggers:
            return hits, triggers
        triggers = [(number, at) for number, at in triggers if number not in LED or _is_led(text, number, at)]
        mine = [(rule, at) for rule, at in zip(hits.rules, hits.ends) if rule < count]
        return Hits([rule for rule, _ in mine], [at for _, at in mine]), triggers

    def _decode(self, content: bytes, coding: int, ends: Sequence[int], depth: int, work: _Work) -> Iterator[Match]:
        for decoded in _decoder(coding)(coding, content, ends, reach_at(depth)):
            work.take(len(decoded.text))
            for match in self._scan(decoded, depth + 1, work):
                outer = _outward(decoded, match, coding, depth, len(content))
                if outer:
                    yield outer

    def _scan(self, decoded: Decoded, depth: int, work: _Work) -> list[Match]:
        """The matches in a decoded text, with offsets in it."""
        text = decoded.text
        own, triggers = self._parted(text, self._engine.scan(text))
        if not own.ends and not triggers:
            return []
        flags = CLIPPED_LEFT * decoded.cut_left | CLIPPED_RIGHT * decoded.cut_right
        rows = array("i", (0, len(text), flags | FRAGMENT)).tobytes() if flags else b""
        slab = Slab(text + b"\n", [0], [0], [0, int(bool(flags))], rows, [0] if flags else [])
        confirmed = self._plain.confirm(slab, own)
        if confirmed.timeouts:
            raise TimeoutError
        matches = [match for _, match in confirmed.matches]
        if flags:
            wide = [hit for _, hit in confirmed.wide if self._is_seen(hit, decoded)]
            matches += self._plain.confirm_wide(text, wide)
        if depth < self._depth:
            for (coding, _), ends in _by_piece(slab, triggers).items():
                found = sorted({place.at for place in _places(slab.text, slab.piece(0), coding, ends)})
                matches += self._decode(text, coding, found, depth, work)
        return matches

    def _is_seen(self, hit: WideHit, decoded: Decoded) -> bool:
        low, high = self._plain.edges(hit, len(decoded.text))
        return (low >= 0 or not decoded.cut_left) and (high <= len(decoded.text) or not decoded.cut_right)


def _is_led(text: bytes, number: int, at: int) -> bool:
    return re.compile(LED[number]).search(text, max(0, at - TRIGGERS[number].width), at) is not None


def _decoder(coding: int) -> Decoder:
    """Imported here: most texts hold nothing to decode."""
    if coding in (BASE64, WIDE64, GZIP64):
        from keyguard.sources.decode_base64 import decode_base64

        return decode_base64
    if coding == JOINED:
        from keyguard.sources.decode_joined import decode_joined

        return decode_joined
    from keyguard.sources.decode_escapes import decode_escapes, decode_hex

    return decode_hex if coding == HEX else decode_escapes


class _Work:
    """How much may still be decoded for one text: nothing grows without end."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TimeoutError


def _by_piece(slab: Slab, triggers: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
    """Ends of triggers by coding and start of the piece, without those right behind another: one is enough."""
    found: dict[tuple[int, int], list[int]] = {}
    last: dict[tuple[int, int, int], int] = {}
    start = end = -1
    for number, at in sorted(triggers, key=_end):
        coding = TRIGGERS[number].coding
        if at > end:
            piece = slab.piece(at - 1)
            start, end = piece.start, piece.end
        key = (coding, start, at % 2 if coding == HEX else 0)
        if coding in (BASE64, GZIP64, JOINED) or at - last.get(key, -_APART) >= _APART:
            last[key] = at
            ends = found.setdefault((coding, start), [])
            if not ends or ends[-1] != at:
                ends.append(at)
    return found


def _end(trigger: tuple[int, int]) -> int:
    return trigger[1]


def _places(text: bytes, piece: Piece, coding: int, ends: Sequence[int]) -> Iterator[_Place]:
    """The triggers that end there, with where they begin; without what only the cut of a piece made look like one."""
    for at in ends:
        if coding != BASE64:
            newline = text.rfind(b"\n", max(piece.start, at - _WIDEST), at)
            yield _Place(coding, newline + 1 if newline >= 0 else max(piece.start, at - _WIDEST), at)
            continue
        start = at - 4 * QUADS
        if start == piece.start:
            if not piece.flags & CLIPPED_LEFT:
                yield _Place(coding, start - 1, at)  # the newline before, or the start of the object
        elif text[start - 1] in _ONE_SIGN:
            yield _Place(coding, start - 1, at)
        else:
            newline = text.rfind(b"\n", max(piece.start, start - 8), start)
            yield _Place(coding, newline + 1 if newline >= 0 else max(piece.start, start - 8), at)


def _outward(decoded: Decoded, match: Match, coding: int, depth: int, size: int) -> Match | None:
    """The match as one of the encoded text; None where it is too far from what led to it."""
    back, ahead = reach_at(depth)
    line = decoded.line_of(match.start) if coding in (BASE64, WIDE64) else decoded.start_of(match.start)
    is_open_left, is_open_right = match.low < 0, match.high > len(decoded.text)
    if (is_open_left and decoded.cut_left) or (is_open_right and decoded.cut_right):
        return None
    low = decoded.low if is_open_left else decoded.start_of(match.low)
    high = decoded.high if is_open_right else decoded.end_of(match.high)
    nearest = bisect_left(decoded.hits, line - back // 2)
    is_near = nearest < len(decoded.hits) and decoded.hits[nearest] <= line + back // 2
    if decoded.segments and not (is_near and low >= line - back and high <= line + ahead):
        return None
    inner = match.inner
    if not inner.steps:
        start, end = max(0, match.start - _AROUND), match.start + len(match.value) + _AROUND
        inner = Inner((), 0, decoded.text[start:end], match.start - start)
    order = inner.order if decoded.segments else match.start
    inner = inner._replace(steps=decoded.steps + inner.steps, order=order)
    span = _span(line - 2 * back, line + 2 * back + ahead, size)
    if coding == JOINED and not depth:
        span = _joined_span(decoded.hits[0], size)
    start, end = decoded.start_of(match.start), decoded.end_of(match.end)
    return Match(match.rule, start, end, *span, match.value, match.confidence, match.parts, inner)


def _span(low: int, high: int, size: int) -> tuple[int, int]:
    return max(low, -1), min(high, size + 1)


def _joined_span(at: int, size: int) -> tuple[int, int]:
    """The same for lines that are joined from a trigger on. Which trigger they begin at is told by those before it."""
    return _span(at - 2 * LONGEST_JOINED - _JOINED_LINE, at + LONGEST_JOINED + 1, size)

"""Confirms hits: runs a rule's exact pattern on the bounded surroundings of each hit, and weighs what matches.

What is found depends on the bytes around it alone, never on how a text was cut into pieces or which engine reported
the hit: a match counts when its surroundings were seen whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from keyguard.model import Confidence, Hits, Rule, Slab
from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.triage.weigh import Scale

_LOOKAROUND = 32
_SECONDS = 2.0


class Match(NamedTuple):
    """A confirmed secret in one object: `start` and `end` of the value, `low` and `high` of what the verdict depends on.

    `low` is -1 where the start of the object is part of that, `high` one more than its size where the end is.
    """

    rule: int
    start: int
    end: int
    low: int
    high: int
    value: bytes
    confidence: Confidence


class WideHit(NamedTuple):
    """A hit whose confirmation needs more of the object than the line; the trigger lies in `low` to `at`."""

    rule: int
    low: int
    at: int


class Confirmed(NamedTuple):
    """The outcome for one slab: owners with their matches and with what must be confirmed on the whole object."""

    matches: list[tuple[int, Match]]
    wide: list[tuple[int, WideHit]]
    timeouts: list[tuple[int, str]]


class Confirmer:
    """Holds the compiled patterns of a scan; a pattern is compiled at its first hit."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._patterns: dict[int, Any] = {}
        self._scale = Scale(rules)
        self._reaches = [rule.span + rule.width + 2 * _LOOKAROUND for rule in rules]

    @property
    def margin(self) -> int:
        """How much of a long line a window must hold on both sides of a change."""
        lines = [reach for rule, reach in zip(self._rules, self._reaches) if not rule.reach]
        return 2 * max(lines, default=0) + 2

    @property
    def overlap(self) -> int:
        """How much the pieces of one text must have in common so that nothing between them is missed."""
        reaches = [rule.reach + reach for rule, reach in zip(self._rules, self._reaches)]
        return 2 * max(reaches, default=0) + 2

    def rule_id(self, rule: int) -> str:
        return self._rules[rule].id

    def _pattern(self, rule: int) -> Any:
        if rule not in self._patterns:
            import regex

            self._patterns[rule] = regex.compile(self._rules[rule].pattern.encode())
        return self._patterns[rule]

    def confirm(self, slab: Slab, hits: Hits) -> Confirmed:
        """Confirms the hits of one slab. Hits of wide rules in fragments are handed back."""
        out = Confirmed([], [], [])
        seen: set[tuple[int, int, int]] = set()
        for rule, at in zip(hits.rules, hits.ends):
            if self._rules[rule].reach:
                self._wide_hit(slab, rule, at, out)
                continue
            low, high = self._line(slab.text, rule, at)
            if (rule, low, high) not in seen:
                seen.add((rule, low, high))
                self._confirm_line(slab, rule, low, high, out)
        return out

    def _line(self, text: bytes, rule: int, at: int) -> tuple[int, int]:
        reach = self._reaches[rule]
        floor = max(0, at - reach)
        ceiling = at + reach
        newline = text.rfind(b"\n", floor, at)
        low = floor if newline < 0 else newline + 1
        newline = text.find(b"\n", at, ceiling)
        return low, newline if newline >= 0 else min(ceiling, len(text))

    def _confirm_line(self, slab: Slab, rule: int, low: int, high: int, out: Confirmed) -> None:
        text = slab.text
        piece = slab.piece(low)
        try:
            found = list(self._search(rule, text[low:high]))
        except TimeoutError:
            out.timeouts.append((piece.owner, self.rule_id(rule)))
            return
        clipped_left = piece.flags & CLIPPED_LEFT if low == piece.start else text[low - 1] != 0x0A
        clipped_right = piece.flags & CLIPPED_RIGHT if high == piece.end else text[high] != 0x0A
        first = _LOOKAROUND if clipped_left else 0
        last = high - low - (_LOOKAROUND if clipped_right else 0)
        shift = piece.origin - piece.start + low
        for start, stop, match_start, match_stop, value, confidence in found:
            if first <= match_start and match_stop <= last:
                span = (shift - 1, shift + high - low + 1)
                out.matches.append((piece.owner, Match(rule, start + shift, stop + shift, *span, value, confidence)))

    def _search(self, rule: int, text: bytes) -> Iterator[tuple[int, int, int, int, bytes, Confidence]]:
        """Value span, match span, value and confidence of every match, overlapping ones too, that weighs enough."""
        pattern = self._pattern(rule)
        group = "secret" if "secret" in pattern.groupindex else 0
        for match in pattern.finditer(text, overlapped=True, timeout=_SECONDS, concurrent=False):
            value = match.group(group)
            confidence = self._scale.weigh(rule, value, match.group(0)) if value else None
            if confidence:
                yield *match.span(group), *match.span(0), value, confidence

    def _wide_hit(self, slab: Slab, rule: int, at: int, out: Confirmed) -> None:
        piece = slab.piece(at - 1)
        floor = max(piece.start, at - self._rules[rule].width)
        newline = slab.text.rfind(b"\n", floor, at)
        shift = piece.origin - piece.start
        hit = WideHit(rule, (floor if newline < 0 else newline + 1) + shift, at + shift)
        out.wide.append((piece.owner, hit))
        if piece.flags & FRAGMENT:
            return
        try:
            matches = self.confirm_wide(slab.text[piece.start : piece.end], hit)
        except TimeoutError:
            out.timeouts.append((piece.owner, self.rule_id(rule)))
            return
        out.matches.extend((piece.owner, match) for match in matches)

    def edges(self, hit: WideHit, size: int) -> tuple[int, int]:
        """What the verdict on a hit in an object of `size` bytes depends on, as `low` and `high` of a Match."""
        reach = self._rules[hit.rule].reach + self._reaches[hit.rule]
        low, high = hit.at - reach, hit.at + reach
        return low if low > 0 else -1, high if high < size else size + 1

    def confirm_wide(self, content: bytes, hit: WideHit) -> list[Match]:
        """Matches around one hit in a whole object. Raises TimeoutError where the pattern takes too long."""
        edges = self.edges(hit, len(content))
        low, high = max(0, edges[0]), min(len(content), edges[1])
        return [
            Match(hit.rule, start + low, stop + low, *edges, value, confidence)
            for start, stop, match_start, match_stop, value, confidence in self._search(hit.rule, content[low:high])
            if match_start < hit.at - low <= match_stop + self._rules[hit.rule].width
            and (not low or match_start >= _LOOKAROUND)
            and (high == len(content) or match_stop <= high - low - _LOOKAROUND)
        ]

"""Confirms hits: runs a rule's exact pattern on the bounded surroundings of each hit, and weighs what matches.

What is found depends on the bytes around it alone, never on how a text was cut into pieces or which engine reported
the hit: a match counts when its surroundings were seen whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from keyguard.model import Confidence, Hits, Rule, Slab
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.rule import base_name
from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT, Piece
from keyguard.triage.match import Confirmed, Match, Part, WideHit
from keyguard.triage.patterns import Patterns
from keyguard.triage.search import Search
from keyguard.triage.weigh import Scale

_LOOKAROUND = 32
_REMEMBERED = 1 << 14
_NEAR = 256


class Stretch(NamedTuple):
    """Offsets of a part of a text that is searched."""

    low: int
    high: int


class Seen(NamedTuple):
    """The part of a text that was searched, and at which ends the line, or the object, goes on."""

    low: int
    high: int
    clipped_left: bool
    clipped_right: bool


class _Raw(NamedTuple):
    """A match of a pattern: the spans of its value and of all of it, in the text that was searched."""

    start: int
    end: int
    match_start: int
    match_end: int
    value: bytes
    confidence: Confidence
    parts: tuple[Part, ...]


# Rule, value, what is before it on its line, and whether that is not all: no secret, wherever it stands.
Hopeless = Callable[[int, bytes, bytes, bool], bool]


class Confirmer:
    """Holds the compiled patterns of a scan; a pattern is compiled at its first hit.

    Matches that `is_hopeless` are left out.
    """

    def __init__(
        self, rules: Sequence[Rule], is_hopeless: Hopeless | None = None, patterns: Patterns | None = None
    ) -> None:
        self._rules = rules
        self._is_hopeless = is_hopeless
        self._compiler = patterns or Patterns()
        self._searches: dict[int, Search] = {}
        self._lines: dict[tuple[int, bytes], list[_Raw]] = {}
        self._scale = Scale(rules)
        self._reaches = [rule.span + rule.width + 2 * _LOOKAROUND for rule in rules]

    def __reduce__(self) -> tuple[type[Confirmer], tuple[Sequence[Rule], Hopeless | None, Patterns]]:
        """Another process compiles its patterns for itself."""
        return Confirmer, (self._rules, self._is_hopeless, self._compiler)

    @property
    def margin(self) -> int:
        """How much of a long line a window must hold on both sides of a change."""
        # Wide rules are confirmed on the whole object; a window only has to hold their trigger.
        lines = [rule.width if rule.reach else reach for rule, reach in zip(self._rules, self._reaches)]
        return 2 * max(lines, default=0) + 2

    @property
    def overlap(self) -> int:
        """How much the pieces of one text must have in common so that nothing between them is missed."""
        reaches = [rule.reach + reach for rule, reach in zip(self._rules, self._reaches)]
        return 2 * max(reaches, default=0) + 2

    def rule_id(self, rule: int) -> str:
        return self._rules[rule].id

    def _search_of(self, number: int) -> Search:
        if number not in self._searches:
            rule = self._rules[number]
            self._searches[number] = Search(self._compiler.compiled(rule.pattern), rule.beginnings, quick=rule.quick)
        return self._searches[number]

    def confirm(self, slab: Slab, hits: Hits) -> Confirmed:
        """Confirms the hits of one slab. Hits of wide rules in fragments are handed back."""
        out = Confirmed([], [], [], [])
        lines: dict[int, list[Stretch]] = {}
        wide: dict[tuple[int, int], list[int]] = {}
        for rule, at in zip(hits.rules, hits.ends):
            if self._rules[rule].reach:
                wide.setdefault((rule, slab.piece(at - 1).start), []).append(at)
            else:
                _join(lines.setdefault(rule, []), self._line(slab.text, rule, at))
        for rule, stretches in lines.items():
            for stretch in stretches:
                self._confirm_line(slab, rule, stretch, out)
        for (rule, start), ends in wide.items():
            self._confirm_piece(slab, rule, slab.piece(start), ends, out)
        return out

    def _line(self, text: bytes, rule: int, at: int) -> Stretch:
        """The line around a hit, or as much of it as its confirmation may need."""
        reach = self._reaches[rule]
        floor = max(0, at - reach)
        ceiling = at + reach
        newline = text.rfind(b"\n", floor, at)
        low = floor if newline < 0 else newline + 1
        newline = text.find(b"\n", at, ceiling)
        return Stretch(low, newline if newline >= 0 else min(ceiling, len(text)))

    def _confirm_line(self, slab: Slab, rule: int, stretch: Stretch, out: Confirmed) -> None:
        text = slab.text
        low, high = stretch
        try:
            found = self._search_line(rule, text[low:high])
        except TimeoutError:
            out.timeouts.append((slab.piece(low).owner, self.rule_id(rule)))
            out.places.append(low)
            return
        if not found:
            return
        piece = slab.piece(low)
        clipped_left = piece.flags & CLIPPED_LEFT if low == piece.start else text[low - 1] != 0x0A
        clipped_right = piece.flags & CLIPPED_RIGHT if high == piece.end else text[high] != 0x0A
        seen = Seen(low, high, bool(clipped_left), bool(clipped_right))
        shift = piece.origin - piece.start
        matches = [(piece.owner, match) for match in self._matches(rule, found, seen, shift, text[low:high])]
        if matches:
            out.matches.extend(matches)
            out.places.append(low)

    def _search_line(self, rule: int, line: bytes) -> list[_Raw]:
        """The same as `_search`. In a history the same lines come again and again."""
        found = self._lines.get((rule, line))
        if found is None:
            if len(self._lines) >= _REMEMBERED:
                self._lines.clear()
            found = self._lines[rule, line] = self._search(rule, line)
        return found

    def _search(self, rule: int, text: bytes) -> list[_Raw]:
        """Every match, overlapping ones too, that weighs enough; a group `secret` that repeats gives one each time.
        Raises TimeoutError."""
        search = self._search_of(rule)
        found: list[_Raw] = []
        for match in search.find(text):
            group = next((name for name in search.secrets if match.start(name) >= 0), search.secrets[0])
            for start, end in match.spans(group):
                value = text[start:end]
                confidence = self._scale.weigh(rule, value) if value else None
                if confidence:
                    belonging = tuple(
                        Part(base_name(name), match.start(name) - start, match.group(name))
                        for name in search.parts
                        if match.group(name)
                    )
                    found.append(_Raw(start, end, match.start(), match.end(), value, confidence, belonging))
        return found

    def _matches(self, rule: int, found: list[_Raw], seen: Seen, shift: int, text: bytes) -> Iterator[Match]:
        """Those matches in `text` whose surroundings were seen whole; `shift` turns offsets of the whole text into the
        object's."""
        first = _LOOKAROUND if seen.clipped_left else 0
        size = seen.high - seen.low
        offset = shift + seen.low
        most = self._rules[rule].span + _LOOKAROUND
        for start, end, match_start, _, value, confidence, parts in found:
            # What is cut off could have made the match longer, or another one.
            if match_start < first or (seen.clipped_right and match_start + most > size):
                continue
            if self._is_hopeless and self._is_hopeless(rule, value, *_before(text, start, seen.clipped_left)):
                continue
            low = max(match_start - _LOOKAROUND, 0) - 1
            high = min(match_start + most, size) + 1
            yield Match(rule, start + offset, end + offset, low + offset, high + offset, value, confidence, parts)

    def _confirm_piece(self, slab: Slab, rule: int, piece: Piece, ends: list[int], out: Confirmed) -> None:
        """Notes the hits of a wide rule in one piece, and confirms them where the piece is a whole object."""
        shift = piece.origin - piece.start
        for at in ends:
            floor = max(piece.start, at - self._rules[rule].width)
            newline = slab.text.rfind(b"\n", floor, at)
            hit = WideHit(rule, (floor if newline < 0 else newline + 1) + shift, at + shift)
            out.wide.append((piece.owner, hit))
            out.places.append(at - 1)
        if piece.flags & FRAGMENT:
            return
        hits = [hit for _, hit in out.wide[-len(ends) :]]
        try:
            matches = self.confirm_wide(slab.text[piece.start : piece.end], hits)
        except TimeoutError:
            out.timeouts.append((piece.owner, self.rule_id(rule)))
            return
        out.matches.extend((piece.owner, match) for match in matches)

    def edges(self, hit: WideHit, size: int) -> tuple[int, int]:
        """What the verdict on a hit in an object of `size` bytes depends on, as `low` and `high` of a Match."""
        reach = self._rules[hit.rule].reach + self._reaches[hit.rule]
        low, high = hit.at - reach, hit.at + reach
        return low if low > 0 else -1, high if high < size else size + 1

    def confirm_wide(self, content: bytes, hits: Iterable[WideHit]) -> list[Match]:
        """Matches around hits in a whole object. Raises TimeoutError where a pattern takes too long."""
        stretches: dict[int, list[Stretch]] = {}
        for hit in sorted(hits, key=lambda each: each.at):
            low, high = self.edges(hit, len(content))
            _join(stretches.setdefault(hit.rule, []), Stretch(max(0, low), min(len(content), high)))
        matches: list[Match] = []
        for rule, mine in stretches.items():
            for low, high in mine:
                text = content[low:high]
                seen = Seen(low, high, low > 0, high < len(content))
                matches.extend(self._matches(rule, self._search(rule, text), seen, 0, text))
        return matches


def _before(text: bytes, start: int, is_cut: bool) -> tuple[bytes, bool]:
    """What is before a value on its line, as far as it matters, and whether it begins inside the line."""
    line = text.rfind(b"\n", 0, start) + 1
    low = max(line, start - _NEAR)
    return text[low:start], low > line or (is_cut and not line)


def _join(stretches: list[Stretch], new: Stretch) -> None:
    """Adds a stretch, or widens the last one where they overlap, so that no byte is searched twice."""
    if stretches and new.low < stretches[-1].high:
        low, high = stretches[-1]
        stretches[-1] = Stretch(min(low, new.low), max(high, new.high))
    else:
        stretches.append(new)

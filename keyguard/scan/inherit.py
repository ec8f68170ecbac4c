"""Hands the matches of delta bases down to the objects that copy them."""

from __future__ import annotations

from array import array
from typing import NamedTuple

from keyguard.odb.delta import carry, sizes
from keyguard.odb.pack import Pack
from keyguard.odb.reader import Reader
from keyguard.odb.walk import Batch
from keyguard.scan.decoded import Confirming
from keyguard.triage.match import Match, WideHit


class Marks(NamedTuple):
    """What is known of one object: its matches, and the wide hits whose verdict is among them."""

    matches: set[Match]
    settled: set[WideHit]
    open: set[WideHit]


class Inheritance:
    """The marks of all objects of one chunk. `settled` hits were confirmed on the whole object, `open` ones not."""

    def __init__(self, pack: Pack, confirmer: Confirming, limit: int) -> None:
        self._pack = pack
        self._confirmer = confirmer
        self._reader = Reader(pack, limit)
        self.marks: dict[int, Marks] = {}
        self.failures: list[tuple[int, str]] = []
        self.timeouts: list[tuple[int, str]] = []

    def of(self, number: int) -> Marks:
        return self.marks.setdefault(number, Marks(set(), set(), set()))

    def follow(self, batch: Batch) -> None:
        """Completes the marks of the objects in a batch, which come bases first. All that is new in them is known."""
        bases = self._pack.bases[batch.numbers].tolist()
        for place, (number, base) in enumerate(zip(batch.numbers.tolist(), bases)):
            if base in self.marks:
                self._inherit(number, base, batch.payloads.payload(place))
            if number in self.marks:
                self._settle(number)

    def _inherit(self, number: int, base: int, delta: bytes) -> None:
        base_size = sizes(delta)[0]
        matches, hits = list(self.marks[base].matches), list(self.marks[base].settled)
        edges = [self._confirmer.edges(hit, base_size) for hit in hits]
        spans = [match[3:5] for match in matches] + [hit[1:] for hit in hits] + edges
        found = carry(delta, array("i", [value for span in spans for value in span]).tobytes())
        if not found:
            return
        mine = self.of(number)
        verdicts = set(found)
        for place, shift in found:
            if place < len(matches):
                mine.matches.add(_moved(matches[place], shift))
            elif place < len(matches) + len(hits):
                hit = hits[place - len(matches)]
                same = (place + len(hits), shift) in verdicts
                (mine.settled if same else mine.open).add(WideHit(hit.rule, hit.low + shift, hit.at + shift))

    def _settle(self, number: int) -> None:
        """Confirms the open hits of one object on its content."""
        mine = self.marks[number]
        todo = mine.open - mine.settled
        mine.open.clear()
        if not todo:
            return
        mine.settled.update(todo)
        try:
            content = self._reader.read(number)
        except ValueError as error:
            self.failures.append((number, str(error)))
            return
        for rule in sorted({hit.rule for hit in todo}):
            try:
                mine.matches.update(self._confirmer.confirm_wide(content, (hit for hit in todo if hit.rule == rule)))
            except TimeoutError:
                self.timeouts.append((number, self._confirmer.rule_id(rule)))


def _moved(match: Match, shift: int) -> Match:
    _, start, end, low, high, *_ = match
    return match._replace(start=start + shift, end=end + shift, low=low + shift, high=high + shift)

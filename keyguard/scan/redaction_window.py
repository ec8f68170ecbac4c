"""Finds the secrets of one window of a text, as a scan of the whole text would."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import ObjectError
from keyguard.model import Location, Occurrence
from keyguard.scan.pieces import Piece, match_piece
from keyguard.scan.redaction_names import name_of
from keyguard.scan.silencing import settle
from keyguard.triage.context import SIGHT, Case, Passage
from keyguard.triage.group import Sighting
from keyguard.triage.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keyguard.scan.matcher import Matcher
    from keyguard.scan.options import ScanOptions
    from keyguard.triage.match import Match


class Stretch(NamedTuple):
    """What is to be replaced: `start` to `end` of a window, which hold `value`, encoded in `steps`."""

    start: int
    end: int
    name: str
    value: bytes
    steps: tuple[str, ...] = ()


class Window(NamedTuple):
    """A part of a text from `offset` on; `first` and `last` where the text begins and ends with it."""

    text: bytes
    offset: int
    first: bool
    last: bool


class Finder:
    """Finds secrets in texts of one kind and path (as in Location). `key` gives the key of fingerprints.

    With `everything`, also what a comment, a setting or an ignore file allows.
    """

    def __init__(
        self,
        matcher: Matcher,
        options: ScanOptions,
        place: tuple[str, bytes],
        key: Callable[[], bytes],
        *,
        everything: bool = False,
    ) -> None:
        self._matcher, self._options, self._place, self._key = matcher, options, place, key
        self._everything = everything

    @property
    def reach(self) -> int:
        """How many bytes around a place say what stands there."""
        return self._matcher.confirmer.overlap + 2 * SIGHT

    def matches(self, window: Window) -> list[Match]:
        """All confirmed matches, overlapping ones too. Raises ObjectError where a rule takes too long."""
        timeouts: set[str] = set()
        piece = Piece(window.offset, window.text, 0, window.first, window.last)
        found = match_piece(self._matcher, window.text, piece, timeouts)
        if timeouts:
            rule = min(timeouts)
            hint = "--max-decode-depth 0" if rule == "decoding" else f"--disable {rule}"
            raise ObjectError(f"rule {rule} took too long; nothing from there on was written", f"leave it out: {hint}")
        return sorted(found)

    def standing(self, window: Window, matches: Sequence[Match], until: int) -> list[Stretch]:
        """What a scan would report of the matches that begin before `until`."""
        settled = [match for match in resolve(self._matcher.rules, matches) if match.start < until]
        least = self._options.min_confidence
        hopeful = [match for match in settled if self._matcher.context.may_reach(match, least)]
        if not hopeful:
            return []
        kind, path = self._place
        passage = Passage(kind, path, window.text)
        if window.offset:
            # An origin that is not 0 says that something comes before; offsets move with it.
            passage = passage._replace(origin=window.offset)
            hopeful = [
                match._replace(start=match.start + window.offset, end=match.end + window.offset) for match in hopeful
            ]
        cases = [Case(passage, match) for match in hopeful]
        sightings = []
        for case, verdict in zip(cases, self._matcher.context.weigh(cases)):
            if verdict.reaches(least):
                judged = self._matcher.allowlist.judge(passage, case.match, verdict)
                if judged.confidence and judged.reaches(least):
                    allowed = None if self._everything else judged.allowed
                    place = Occurrence(_location(kind, path, case.match), None)
                    sightings.append(
                        Sighting(case.match.rule, case.match.value, judged.confidence, place, allowed=allowed)
                    )
        return self._counted(sightings, window.offset)

    def _counted(self, sightings: list[Sighting], offset: int) -> list[Stretch]:
        """Those that no list allows either."""
        if not sightings:
            return []
        rules = {rule.id: rule for rule in self._matcher.rules}
        silencing = self._options.silencing
        if self._everything:
            silencing = silencing._replace(ignores=(), baseline=None)
        settled = settle(self._matcher.rules, sightings, silencing, self._key, whole=False)
        return [
            Stretch(
                each.location.start - offset,
                each.location.end - offset,
                name_of(rules[finding.rule]),
                finding.secret.reveal(),
                each.location.decoded,
            )
            for finding in settled.findings
            for each in finding.occurrences
        ]


def _location(kind: str, path: bytes, match: Match) -> Location:
    """Lines are not asked for."""
    return Location(kind, path, 0, 0, 0, 0, match.start, match.end, match.inner.steps)

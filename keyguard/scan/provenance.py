"""Says of every match in a history where it stands: path, line, first commit, author, and whether it is still there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from keyguard.model import Allowance, Location, Occurrence, Provenance
from keyguard.odb.commits import Author, message_start, read_author
from keyguard.scan.matcher import Matcher
from keyguard.scan.options import ScanOptions
from keyguard.scan.paths import Excluded
from keyguard.scan.placing import Place, Placing
from keyguard.scan.record import Record
from keyguard.scan.standing import matches_in, standing
from keyguard.scan.tags import Tags
from keyguard.sources.text import stored_offset, text_view
from keyguard.triage.context import Case, Passage, Verdict
from keyguard.triage.group import Sighting
from keyguard.triage.locate import Span, locate
from keyguard.triage.match import Match

Key = TypeVar("Key")

_NOBODY = Author("", "", "")
_TOGETHER = 4 << 20  # bytes of content that are held while what stands in it is weighed


def trace(matcher: Matcher, record: Record, options: ScanOptions) -> list[Sighting]:
    """All sightings that weigh enough: one a match and path, at the commit that brought it first."""
    tracer = _Tracer(matcher, record, options)
    return [*tracer.blobs(), *tracer.messages(), *tracer.names(), *tracer.refs()]


class _Located(NamedTuple):
    """A match with its lines and columns, and its byte offsets in the object as stored."""

    case: Case
    span: Span
    offsets: tuple[int, int]


class _Stand(NamedTuple):
    """A secret in the blob that brought it to a path first. `head` is the blob that stands there now."""

    name: str
    rule: int
    value: bytes
    place: Place
    head: str


class _Tracer:
    def __init__(self, matcher: Matcher, record: Record, options: ScanOptions) -> None:
        self._record = record
        self._contents = record.contents
        self._tags = Tags(record.contents, record.refs)
        self._excluded = Excluded(options.exclude)
        self._context, self._allowlist = matcher.context, matcher.allowlist
        self._least = least = options.min_confidence
        self._found = standing(matcher, record.census.found, least)
        known = matches_in(matcher, (name for name, _ in record.census.labels), least)
        self._labels = {(name, child): known[name] for name, child in record.census.labels if name in known}
        self._ref_matches = matches_in(matcher, (ref.name for ref in record.refs), least)
        blobs = [name for name, found in self._found.items() if found[0].kind == "blob"]
        children = [child for _, child in self._labels]
        self._placing = Placing(record, [*blobs, *children], named=bool(children))

    def blobs(self) -> Iterator[Sighting]:
        """For each secret and path the matches in the blob that brought it there first."""
        held: list[tuple[_Stand, list[_Located]]] = []
        size = 0
        for stand in self._stands():
            located = list(self._located(stand.name, stand))
            held.append((stand, located))
            size += sum(len(each.case.passage.text) for each in located[:1])
            if size > _TOGETHER:
                yield from self._sightings(held)
                held, size = [], 0
        yield from self._sightings(held)

    def _stands(self) -> Iterator[_Stand]:
        best: dict[tuple[int, bytes, bytes], tuple[Place, str]] = {}
        in_head: dict[tuple[int, bytes, bytes], str] = {}
        older: set[tuple[int, bytes, bytes]] = set()
        for name, found in self._found.items():
            if found[0].kind != "blob":
                continue
            keys = {(each.match.rule, each.match.value) for each in found}
            older.update((*key, path) for path in self._placing.older(name) for key in keys)
            heads = self._placing.in_head(name)
            for place in self._placing.places(name) if self._record.is_wanted(name) else ():
                for rule, value in keys:
                    _keep_first(best, (rule, value, place.path), place, name)
                    if place.path in heads:
                        in_head[rule, value, place.path] = name
        for (rule, value, path), (place, name) in best.items():
            if (rule, value, path) not in older and not self._excluded.matches(path):
                state = "head" if (rule, value, path) in in_head else place.state
                head = in_head.get((rule, value, path), name)
                yield _Stand(name, rule, value, place._replace(state=state), head)

    def _sightings(self, held: list[tuple[_Stand, list[_Located]]]) -> Iterator[Sighting]:
        """What weighs enough. Many are weighed at once, which takes half the time."""
        verdicts = iter(self._context.weigh([each.case for _, located in held for each in located]))
        for stand, located in held:
            name, rule, value, place, head = stand
            provenance: Provenance | None = None
            for (case, span, (start, end)), weighed in zip(located, verdicts):
                verdict = self._allowlist.judge(*case, weighed, place.commit)
                if verdict.confidence and verdict.reaches(self._least):
                    provenance = provenance or self._provenance(name, place)
                    occurrence = Occurrence(
                        Location("file", place.path, *span, start, end, case.match.inner.steps), provenance
                    )
                    parts = case.match.named_parts
                    allowed = self._allowed_in(stand) if head != name else verdict.allowed
                    yield Sighting(rule, value, verdict.confidence, occurrence, verdict.reasons, parts, allowed)

    def _located(self, name: str, stand: _Stand) -> Iterator[_Located]:
        """Where the secret is in a blob that stands at the path."""
        path = stand.place.path
        glimpses = self._record.asked.glimpses
        small = []
        for each in self._found[name]:
            if (each.match.rule, each.match.value) != (stand.rule, stand.value):
                continue
            if glimpse := glimpses.get((name, each.match)):
                passage = Passage("file", path, glimpse.around, glimpse.origin)
                yield _Located(Case(passage, each.match), glimpse.span, (each.match.start, each.match.end))
            else:
                small.append(each)
        if not small:
            return
        content = self._contents.read(name)
        for view in (False, True):
            mine = [each for each in small if each.view is view]
            text = (text_view(content) or b"") if view and mine else content
            places = locate(text, [(each.match.start, each.match.end) for each in mine])
            for each, span in zip(mine, places):
                offsets = (each.match.start, each.match.end)
                if view:
                    offsets = (stored_offset(content, text, offsets[0]), stored_offset(content, text, offsets[1]))
                yield _Located(Case(Passage("file", path, text), each.match), span, offsets)

    def _weigh(self, cases: list[Case], commit: str) -> list[Verdict]:
        verdicts = self._context.weigh(cases)
        return [self._allowlist.judge(*case, verdict, commit) for case, verdict in zip(cases, verdicts)]

    def _allowed_in(self, stand: _Stand) -> Allowance | None:
        """What allows a secret in the blob that stands there now, where that holds for all its places there."""
        verdicts = self._weigh([each.case for each in self._located(stand.head, stand)], stand.place.commit)
        allowed = [verdict.allowed for verdict in verdicts if verdict.reaches(self._least)]
        return allowed[0] if all(allowed) and allowed else None

    def _provenance(self, name: str, place: Place) -> Provenance:
        author = self._author(place.commit) if place.commit else self._tagger(name)
        return Provenance(name, place.commit, *author, place.state)

    def _author(self, commit: str) -> Author:
        return read_author(self._contents.read(commit)) if commit else _NOBODY

    def _tagger(self, name: str) -> Author:
        """Who tagged an object that no commit has."""
        tags = [ref.oid for ref in self._record.refs if ref.kind == "tag" and ref.target == name]
        return self._author(tags[0]) if tags else _NOBODY

    def messages(self) -> Iterator[Sighting]:
        """Matches in the messages of commits and tags."""
        for name, found in self._found.items():
            kind = found[0].kind
            if kind not in ("commit", "tag") or not self._record.is_wanted(name):
                continue
            content = self._contents.read(name)
            start = message_start(content)
            passage = Passage(kind, b"", content[start:])
            matches = [each.match for each in found]
            yield from self._sighted(passage, start, matches, self._of_message(name, kind, content))

    def _of_message(self, name: str, kind: str, content: bytes) -> Provenance:
        author = read_author(content)
        if kind == "commit":
            state = "head" if name in self._record.timeline.head else self._placing.reach_of(name)
            return Provenance(name, name, *author, state)
        state = "history" if self._tags.is_named(name) else "unreachable"
        return Provenance(name, self._if_commit(self._tags.target(name)), *author, state)

    def _if_commit(self, name: str) -> str:
        return name if name in self._record.census.links else ""

    def names(self) -> Iterator[Sighting]:
        """Matches in file and folder names, at the first commit that has the name."""
        best: dict[bytes, tuple[Place, str]] = {}
        in_head: set[bytes] = set()
        for name, child in self._labels:
            known = _named_so(name, self._placing.places(child)) or _named_so(name, self._placing.dangling(child))
            for place in known:
                _keep_first(best, place.path, place, child)
                if self._placing.is_in_head(child, place.path):
                    in_head.add(place.path)
        older = {path for _, child in self._labels for path in self._placing.older(child)}
        for path, (place, child) in best.items():
            if path in older or self._excluded.matches(path):
                continue
            provenance = self._provenance(child, place._replace(state="head" if path in in_head else place.state))
            name = path.rpartition(b"/")[2]
            yield from self._in_name("path", path, len(path) - len(name), self._labels[name, child], provenance)

    def refs(self) -> Iterator[Sighting]:
        """Matches in names of refs."""
        for ref in self._record.refs:
            if ref.name in self._ref_matches and self._record.is_wanted(ref.oid):
                commit = self._if_commit(ref.target)
                provenance = Provenance(ref.oid, commit, *self._author(commit), "history")
                yield from self._in_name("ref", ref.name, 0, self._ref_matches[ref.name], provenance)

    def _in_name(
        self, kind: str, name: bytes, shift: int, matches: list[Match], provenance: Provenance
    ) -> Iterator[Sighting]:
        return self._sighted(Passage(kind, name, name, -shift), shift, matches, provenance)

    def _sighted(
        self, passage: Passage, shift: int, matches: list[Match], provenance: Provenance
    ) -> Iterator[Sighting]:
        """Sightings in a text that begins `shift` bytes before what was scanned."""
        verdicts = self._weigh([Case(passage, match) for match in matches], provenance.commit)
        starts = [match.start - passage.origin for match in matches]
        ends = [match.end - passage.origin for match in matches]
        spans = locate(passage.text, list(zip(starts, ends)))
        path = passage.path
        for match, verdict, span in zip(matches, verdicts, spans):
            if verdict.confidence and verdict.reaches(self._least):
                location = Location(
                    passage.kind, path, *span, match.start + shift, match.end + shift, match.inner.steps
                )
                occurrence = Occurrence(location, provenance)
                parts = match.named_parts
                about = (verdict.reasons, parts, verdict.allowed)
                yield Sighting(match.rule, match.value, verdict.confidence, occurrence, *about)


def _keep_first(best: dict[Key, tuple[Place, str]], key: Key, place: Place, name: str) -> None:
    """Keeps the place that is first in time, then the first by the name of the object."""
    kept = best.get(key)
    if kept is None or (place.order, name) < (kept[0].order, kept[1]):
        best[key] = (place, name)


def _named_so(name: bytes, places: Iterable[Place]) -> list[Place]:
    return [place for place in places if place.path.rpartition(b"/")[2] == name]

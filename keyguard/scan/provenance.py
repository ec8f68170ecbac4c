"""Says of every match in a history where it stands: path, line, first commit, author, and whether it is still there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from keyguard.git.refs import Ref
from keyguard.git.revisions import Reach
from keyguard.model import Location, Occurrence, Provenance
from keyguard.odb.commits import Author, message_start, read_author, tag_target
from keyguard.scan.ancestry import oldest_first, reachable
from keyguard.scan.asked import Asked
from keyguard.scan.attribution import Attribution, FirstSeen, PackTrees, key_of
from keyguard.scan.census import Census
from keyguard.scan.contents import Contents
from keyguard.scan.matcher import Matcher
from keyguard.scan.objects import Found
from keyguard.scan.options import ScanOptions
from keyguard.scan.paths import Excluded
from keyguard.sources.slabs import SlabBuilder
from keyguard.sources.text import stored_offset, text_view
from keyguard.triage.confirm import Match
from keyguard.triage.group import Sighting
from keyguard.triage.locate import Span, locate
from keyguard.triage.resolve import resolve


class Timeline(NamedTuple):
    """The commits oldest first, reachable ones before all others; `reached` counts those; `head`: ancestors of HEAD."""

    commits: list[str]
    reached: set[str]
    head: set[str]


class Place(NamedTuple):
    """Where a match stands: `order` sorts by time; `commit` is empty where no commit has the object."""

    path: bytes
    order: int
    commit: str
    state: str


def trace(
    matcher: Matcher,
    packs: Sequence[PackTrees],
    census: Census,
    asked: Asked,
    contents: Contents,
    refs: Sequence[Ref],
    options: ScanOptions,
    wanted: Reach | None,
) -> list[Sighting]:
    """All sightings that weigh enough: one a match and path, at the commit that brought it first."""
    tracer = _Tracer(matcher, packs, census, asked, contents, refs, options, wanted)
    return [*tracer.blobs(), *tracer.messages(), *tracer.names(), *tracer.refs()]


class _Tracer:
    def __init__(
        self,
        matcher: Matcher,
        packs: Sequence[PackTrees],
        census: Census,
        asked: Asked,
        contents: Contents,
        refs: Sequence[Ref],
        options: ScanOptions,
        wanted: Reach | None,
    ) -> None:
        self._matcher, self._census, self._asked = matcher, census, asked
        self._contents, self._refs, self._options = contents, refs, options
        self._excluded = Excluded(options.exclude)
        self._found = self._resolved()
        self._labels = self._named()
        self._timeline = _timeline(census, refs, wanted)
        blobs = [name for name, found in self._found.items() if found[0].kind == "blob"]
        targets = {key_of(name) for name in blobs} | {key_of(child) for _, child in self._labels}
        attribution = Attribution(packs, census.trees, targets)
        links = census.links
        roots = [key_of(links[commit].tree) for commit in self._timeline.commits]
        # A tag can name a tree that no commit has; it counts after all commits.
        bare = [ref for ref in refs if ref.target_kind == "tree"]
        self._first = attribution.first_seen([*roots, *(key_of(ref.target) for ref in bare)])
        heads = [ref.target for ref in refs if ref.name == b"HEAD" and ref.target in links]
        self._in_head = {
            (key, seen.path)
            for key, all_seen in attribution.first_seen([key_of(links[head].tree) for head in heads]).items()
            for seen in all_seen
        }

    def _resolved(self) -> dict[str, list[Found]]:
        """The matches that stand and weigh enough, by object."""
        out: dict[str, list[Found]] = {}
        for name, found in sorted(self._census.found.items()):
            for view in (False, True):
                mine = {each.match: each for each in found if each.view is view}
                standing = resolve(self._matcher.rules, mine)
                kept = [mine[match] for match in standing if match.confidence >= self._options.min_confidence]
                if kept:
                    out.setdefault(name, []).extend(kept)
        return out

    def _matches_in(self, names: Iterable[bytes]) -> dict[bytes, list[Match]]:
        """What stands in short texts such as file names, by text."""
        texts = sorted(set(names))
        builder = SlabBuilder()
        for owner, text in enumerate(texts):
            builder.add_whole(owner, text)
        by_text: dict[bytes, list[Match]] = {}
        for owner, match in self._matcher.match(builder.take()).matches:
            by_text.setdefault(texts[owner], []).append(match)
        least = self._options.min_confidence
        return {
            text: [match for match in resolve(self._matcher.rules, matches) if match.confidence >= least]
            for text, matches in by_text.items()
        }

    def _named(self) -> dict[tuple[bytes, str], list[Match]]:
        labels = self._census.labels
        known = self._matches_in(name for name, _ in labels)
        return {(name, child): known[name] for name, child in labels if known.get(name)}

    def blobs(self) -> Iterator[Sighting]:
        """For each secret and path the matches in the blob that brought it there first."""
        best: dict[tuple[int, bytes, bytes], tuple[Place, str]] = {}
        in_head: set[tuple[int, bytes, bytes]] = set()
        for name, found in self._found.items():
            if found[0].kind != "blob":
                continue
            keys = {(each.match.rule, each.match.value) for each in found}
            for place in self._places(name):
                for rule, value in keys:
                    kept = best.get((rule, value, place.path))
                    if kept is None or (place.order, name) < (kept[0].order, kept[1]):
                        best[rule, value, place.path] = (place, name)
                    if (key_of(name), place.path) in self._in_head:
                        in_head.add((rule, value, place.path))
        for (rule, value, path), (place, name) in best.items():
            if not self._excluded.matches(path):
                state = "head" if (rule, value, path) in in_head else place.state
                yield from self._sightings(name, rule, value, place._replace(state=state))

    def _places(self, name: str) -> list[Place]:
        seen = self._first.get(key_of(name))
        if seen:
            return [self._place(each) for each in seen]
        named = any(ref.target == name for ref in self._refs)
        last = len(self._timeline.commits)
        return [Place(b"", last, "", "history" if named else "unreachable")]

    def _place(self, seen: FirstSeen) -> Place:
        commits = self._timeline.commits
        if seen.commit >= len(commits):
            return Place(seen.path, seen.commit, "", "history")
        commit = commits[seen.commit]
        return Place(seen.path, seen.commit, commit, self._reach_of(commit))

    def _reach_of(self, commit: str) -> str:
        return "history" if commit in self._timeline.reached else "unreachable"

    def _sightings(self, name: str, rule: int, value: bytes, place: Place) -> Iterator[Sighting]:
        mine = [each for each in self._found[name] if (each.match.rule, each.match.value) == (rule, value)]
        provenance = self._provenance(name, place)
        for found, span, (start, end) in self._located(name, mine):
            location = Location("file", place.path, *span, start, end)
            yield Sighting(rule, value, found.match.confidence, Occurrence(location, provenance))

    def _located(self, name: str, found: list[Found]) -> Iterator[tuple[Found, Span, tuple[int, int]]]:
        """Each match with its lines and columns and its byte offsets in the object as stored."""
        large = [each for each in found if (name, each.match) in self._asked.spans]
        for each in large:
            yield each, self._asked.spans[name, each.match], (each.match.start, each.match.end)
        if len(large) == len(found):
            return
        content = self._contents.read(name)
        for view in (False, True):
            mine = [each for each in found if each.view is view]
            if not mine:
                continue
            text = (text_view(content) or b"") if view else content
            spans = locate(text, [(each.match.start, each.match.end) for each in mine])
            for each, span in zip(mine, spans):
                offsets = (each.match.start, each.match.end)
                if view:
                    offsets = (stored_offset(content, text, offsets[0]), stored_offset(content, text, offsets[1]))
                yield each, span, offsets

    def _provenance(self, name: str, place: Place) -> Provenance:
        author = self._author(place.commit) if place.commit else self._tagger(name)
        return Provenance(name, place.commit, *author, place.state)

    def _author(self, commit: str) -> Author:
        return read_author(self._contents.read(commit))

    def _tagger(self, name: str) -> Author:
        """Who tagged an object that no commit has."""
        tags = [ref.oid for ref in self._refs if ref.kind == "tag" and ref.target == name]
        return read_author(self._contents.read(tags[0])) if tags else Author("", "", "")

    def messages(self) -> Iterator[Sighting]:
        """Matches in the messages of commits and tags."""
        for name, found in self._found.items():
            kind = found[0].kind
            if kind not in ("commit", "tag"):
                continue
            content = self._contents.read(name)
            start = message_start(content)
            provenance = self._of_message(name, kind, content)
            spans = locate(content[start:], [(each.match.start, each.match.end) for each in found])
            for each, span in zip(found, spans):
                location = Location(kind, b"", *span, each.match.start + start, each.match.end + start)
                occurrence = Occurrence(location, provenance)
                yield Sighting(each.match.rule, each.match.value, each.match.confidence, occurrence)

    def _of_message(self, name: str, kind: str, content: bytes) -> Provenance:
        author = read_author(content)
        if kind == "commit":
            state = "head" if name in self._timeline.head else self._reach_of(name)
            return Provenance(name, name, *author, state)
        target = tag_target(content)
        named = any(ref.oid == name for ref in self._refs)
        commit = target if target in self._census.links else ""
        return Provenance(name, commit, *author, "history" if named else "unreachable")

    def names(self) -> Iterator[Sighting]:
        """Matches in file and folder names, at the first commit that has the name."""
        best: dict[bytes, tuple[Place, str]] = {}
        for name, child in self._labels:
            for place in self._places(child):
                folder, _, last = place.path.rpartition(b"/")
                if last == name and (place.path not in best or place.order < best[place.path][0].order):
                    best[place.path] = (place, child)
        for path, (place, child) in best.items():
            if self._excluded.matches(path):
                continue
            state = "head" if (key_of(child), path) in self._in_head else place.state
            provenance = self._provenance(child, place._replace(state=state))
            matches = self._labels[path.rpartition(b"/")[2], child]
            yield from _in_name("path", path, len(path) - len(path.rpartition(b"/")[2]), matches, provenance)

    def refs(self) -> Iterator[Sighting]:
        """Matches in names of refs."""
        known = self._matches_in(ref.name for ref in self._refs)
        for ref in self._refs:
            if known.get(ref.name):
                commit = ref.target if ref.target in self._census.links else ""
                author = self._author(commit) if commit else Author("", "", "")
                provenance = Provenance(ref.oid, commit, *author, "history")
                yield from _in_name("ref", ref.name, 0, known[ref.name], provenance)


def _in_name(
    kind: str, name: bytes, shift: int, matches: list[Match], provenance: Provenance
) -> Iterator[Sighting]:
    spans = locate(name, [(match.start + shift, match.end + shift) for match in matches])
    for match, span in zip(matches, spans):
        location = Location(kind, name, *span, match.start + shift, match.end + shift)
        yield Sighting(match.rule, match.value, match.confidence, Occurrence(location, provenance))


def _timeline(census: Census, refs: Sequence[Ref], wanted: Reach | None) -> Timeline:
    links = census.links
    reached = reachable(links, (ref.target for ref in refs))
    head = reachable(links, (ref.target for ref in refs if ref.name == b"HEAD"))
    order = oldest_first(links)
    commits = [commit for commit in order if commit in reached]
    if wanted is None:
        commits += [commit for commit in order if commit not in reached]
    else:
        commits = [commit for commit in commits if commit in wanted.commits]
    return Timeline(commits, reached, head)

"""Settles which of several overlapping matches in one object stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keyguard.model import Rule
from keyguard.triage.match import Match, Part


def resolve(rules: Sequence[Rule], matches: Iterable[Match]) -> list[Match]:
    """The matches that stand, by place: within a rule the leftmost and longest value; between rules the specific one,
    then the surer, the longer, and the first by id. What is a part of a match that stands is no match of its own."""
    matches = list(matches)
    if any(match.inner.steps for match in matches):
        from keyguard.triage.layers import resolve_layers

        return resolve_layers(rules, matches, _resolve_layer)
    return _resolve_layer(rules, matches)


def _resolve_layer(rules: Sequence[Rule], matches: Iterable[Match]) -> list[Match]:
    best: dict[tuple[int, int, int], Match] = {}
    for match in sorted(matches, key=_distance):
        best.setdefault((match.start, -match.end, match.rule), match)
    reached: dict[int, int] = {}
    candidates: list[Match] = []
    for key in sorted(best):
        match = best[key]
        if match.start >= reached.get(match.rule, -1):
            reached[match.rule] = match.end
            candidates.append(match)
    if len(candidates) > 1:
        candidates = _without_parts(rules, _settle(rules, candidates))
    return candidates


def _distance(match: Match) -> tuple[int, int, tuple[Part, ...]]:
    """How far the parts of a secret are from it: of two ids beside it, the nearer one is its own."""
    return -len(match.parts), max((abs(part.offset) for part in match.parts), default=0), match.parts


def _without_parts(rules: Sequence[Rule], standing: list[Match]) -> list[Match]:
    """Drops matches that lie within a part of a better one."""
    paired = [match for match in standing if match.parts]
    if not paired:
        return standing
    taken: list[tuple[int, int]] = []
    dropped: set[Match] = set()
    for match in sorted(standing, key=lambda each: (not each.parts, _rank(rules, each), each.start)):
        if any(start <= match.start and match.end <= end for start, end in taken):
            dropped.add(match)
            continue
        places = [(match.start + part.offset, len(part.value)) for part in match.parts]
        taken += [(start, start + size) for start, size in places]
    return [match for match in standing if match not in dropped]


def _settle(rules: Sequence[Rule], candidates: list[Match]) -> list[Match]:
    """Ranks all and takes each that overlaps nothing better ranked. Quadratic only within clusters that overlap."""
    standing: list[Match] = []
    cluster: list[Match] = []
    end = -1
    for match in [*candidates, None]:
        if match is None or match.start >= end:
            standing.extend(_best(rules, cluster))
            cluster = []
        if match is not None:
            cluster.append(match)
            end = max(end, match.end)
    return standing


def _best(rules: Sequence[Rule], cluster: list[Match]) -> list[Match]:
    if len(cluster) < 2:
        return cluster
    ranked = sorted(cluster, key=lambda each: (_rank(rules, each), each.start))
    kept: list[Match] = []
    for match in ranked:
        if all(match.end <= other.start or other.end <= match.start for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda each: each.start)


def _rank(rules: Sequence[Rule], match: Match) -> tuple[int, int, int, str]:
    rule = rules[match.rule]
    # A rule that holds for some paths only stands back: it may not hold here.
    doubt = 2 if rule.generic and not rule.bounded else int(rule.generic or bool(rule.path))
    return doubt, -match.confidence, match.start - match.end, rule.id

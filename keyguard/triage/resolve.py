"""Settles which of several overlapping matches in one object stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keyguard.model import Rule
from keyguard.triage.confirm import Match


def resolve(rules: Sequence[Rule], matches: Iterable[Match]) -> list[Match]:
    """The matches that stand, by place: within a rule the leftmost and longest value; between rules the specific one,
    then the surer, the longer, and the first by id."""
    best: dict[tuple[int, int, int], Match] = {}
    for match in matches:
        best.setdefault((match.start, -match.end, match.rule), match)
    reached: dict[int, int] = {}
    candidates: list[Match] = []
    for key in sorted(best):
        match = best[key]
        if match.start >= reached.get(match.rule, -1):
            reached[match.rule] = match.end
            candidates.append(match)
    if len(candidates) > 1:
        candidates = _settle(rules, candidates)
    return candidates


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


def _rank(rules: Sequence[Rule], match: Match) -> tuple[bool, int, int, str]:
    rule = rules[match.rule]
    return rule.generic, -match.confidence, match.start - match.end, rule.id

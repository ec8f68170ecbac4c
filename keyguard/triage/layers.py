"""Settles which matches stand where some are in plain text and others in what the same bytes decode to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from keyguard.model import Rule
from keyguard.triage.match import Match

Settle = Callable[[Sequence[Rule], Iterable[Match]], list[Match]]


def resolve_layers(rules: Sequence[Rule], matches: Sequence[Match], settle: Settle) -> list[Match]:
    """The matches that stand, by place. Each way of decoding is settled by itself.

    A secret seen in fewer steps stands for the same one seen in more. A match by a generic rule gives way to one in
    what its bytes decode to; one in decoded text to that of a specific rule in the text as it is, and to one of its own
    rule there that is no part of it.
    """
    layers: dict[tuple[tuple[str, ...], int], list[Match]] = {}
    for match in matches:
        compressed = match.start if "gzip" in match.inner.steps else -1
        layers.setdefault((match.inner.steps, compressed), []).append(match)
    plain = settle(rules, layers.pop(((), -1), []))
    kept: list[Match] = []
    known: dict[tuple[int, bytes], list[Match]] = {}
    for key in sorted(layers, key=_fewest_steps):
        for match in _standing(rules, layers[key], settle):
            same = known.setdefault((match.rule, match.value), [])
            if not any(_overlap(match, other) for other in same) and not _gives_way(rules, match, plain):
                same.append(match)
                kept.append(match)
    decoded = sorted(kept, key=_start)
    return sorted([match for match in plain if not _is_veiled(rules, match, decoded)] + kept, key=_order)


def _standing(rules: Sequence[Rule], layer: list[Match], settle: Settle) -> list[Match]:
    if "gzip" not in layer[0].inner.steps:
        return settle(rules, layer)
    within = {
        match._replace(start=match.inner.order, end=match.inner.order + len(match.value)): match for match in layer
    }
    return [within[match] for match in settle(rules, within)]


def _gives_way(rules: Sequence[Rule], match: Match, plain: list[Match]) -> bool:
    """`plain` is in order and does not overlap itself."""
    place = bisect_right(plain, match.start, key=_start)
    for other in plain[max(0, place - 1) :]:
        if other.start >= match.end:
            break
        if _overlap(match, other) and (
            match.value == other.value
            or (match.rule == other.rule and other.value not in match.value)
            or (rules[match.rule].generic and not rules[other.rule].generic)
        ):
            return True
    return False


def _is_veiled(rules: Sequence[Rule], match: Match, decoded: list[Match]) -> bool:
    if not rules[match.rule].generic:
        return False
    place = bisect_right(decoded, match.end, key=_start)
    return any(_overlap(match, other) for other in decoded[max(0, place - 8) : place])


def _overlap(match: Match, other: Match) -> bool:
    return match.start < other.end and other.start < match.end


def _start(match: Match) -> int:
    return match.start


def _order(match: Match) -> tuple[int, int, int, tuple[str, ...], int]:
    return match.start, match.end, match.rule, match.inner.steps, match.inner.order


def _fewest_steps(key: tuple[tuple[str, ...], int]) -> tuple[int, tuple[str, ...], int]:
    steps, start = key
    return len(steps), steps, start

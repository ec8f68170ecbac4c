from __future__ import annotations

import random
from itertools import pairwise

from keyguard.model import Confidence
from keyguard.triage.match import Inner, Match
from keyguard.triage.resolve import resolve
from tests.rules import make_rule

RULES = [
    make_rule("abc", id="acme-b"),
    make_rule("abc", id="acme-a"),
    make_rule("abc", id="acme-sure", confidence=Confidence.HIGH),
    make_rule("abc", id="acme-generic", confidence=Confidence.HIGH, generic=True),
    make_rule("abc", id="generic-authorization", generic=True, bounded=True),
]
PLAIN, FIRST, SURE, GENERIC, PRECISE = range(5)


def _match(rule: int, start: int, end: int) -> Match:
    return Match(rule, start, end, start - 1, end + 1, b"v" * (end - start), RULES[rule].confidence)


def _standing(*spans: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    return [(match.rule, match.start, match.end) for match in resolve(RULES, [_match(*span) for span in spans])]


def test_nothing() -> None:
    assert not _standing()


def test_what_does_not_overlap_stands_in_order() -> None:
    assert _standing((SURE, 20, 30), (PLAIN, 0, 10), (GENERIC, 10, 20)) == [
        (PLAIN, 0, 10),
        (GENERIC, 10, 20),
        (SURE, 20, 30),
    ]


def test_within_a_rule_the_leftmost_then_the_longest() -> None:
    assert _standing((PLAIN, 2, 30), (PLAIN, 0, 5), (PLAIN, 0, 9), (PLAIN, 9, 12)) == [(PLAIN, 0, 9), (PLAIN, 9, 12)]


def test_the_same_match_of_two_windows_is_one() -> None:
    wide = _match(PLAIN, 3, 9)._replace(low=-1, high=99)
    assert len(resolve(RULES, [_match(PLAIN, 3, 9), wide])) == 1


def test_specific_before_generic_whatever_the_rest() -> None:
    assert _standing((GENERIC, 0, 50), (PLAIN, 10, 12)) == [(PLAIN, 10, 12)]


def test_what_surroundings_bound_before_what_a_name_does() -> None:
    assert _standing((GENERIC, 0, 50), (PRECISE, 10, 50)) == [(PRECISE, 10, 50)]
    assert _standing((PRECISE, 0, 50), (PLAIN, 10, 12)) == [(PLAIN, 10, 12)]


def _decoded(rule: int, start: int, end: int, value: bytes, steps: tuple[str, ...] = ()) -> Match:
    return _match(rule, start, end)._replace(value=value, inner=Inner(steps, 0, value, 0))


def test_the_whole_of_what_is_split_stands_for_its_parts() -> None:
    part, rest = _decoded(GENERIC, 9, 12, b"abc"), _decoded(GENERIC, 18, 21, b"def")
    whole = _decoded(GENERIC, 9, 21, b"abcdef", ("pieces",))
    assert resolve(RULES, [part, rest, whole]) == [whole]
    other = _decoded(GENERIC, 9, 21, b"xyzdef", ("escapes",))
    assert resolve(RULES, [part, other]) == [part]


def test_the_surer_then_the_longer_then_the_first_by_id() -> None:
    assert _standing((SURE, 5, 7), (PLAIN, 0, 50)) == [(SURE, 5, 7)]
    assert _standing((PLAIN, 0, 9), (FIRST, 0, 8)) == [(PLAIN, 0, 9)]
    assert _standing((PLAIN, 0, 9), (FIRST, 0, 9)) == [(FIRST, 0, 9)]


def test_a_loser_frees_what_only_it_overlapped() -> None:
    assert _standing((GENERIC, 0, 10), (PLAIN, 8, 20), (SURE, 19, 30)) == [(GENERIC, 0, 10), (SURE, 19, 30)]


def test_the_order_of_the_matches_does_not_matter() -> None:
    rng = random.Random(3)
    for _ in range(300):
        spans = [(rng.randrange(4), start := rng.randrange(40), start + rng.randint(1, 12)) for _ in range(12)]
        first = _standing(*spans)
        rng.shuffle(spans)
        assert _standing(*spans) == first
        assert all(one[2] <= other[1] for one, other in pairwise(first))

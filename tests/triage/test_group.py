from __future__ import annotations

import random

from keyguard.model import Confidence, Location, Occurrence, Provenance, Severity
from keyguard.triage.group import Sighting, group
from tests.rules import make_rule

RULES = [make_rule("abc", id="acme-a"), make_rule("abc", id="acme-b")._replace(severity=Severity.CRITICAL)]
KEY = b"salt"


def _place(path: bytes, line: int, date: str = "", commit: str = "") -> Occurrence:
    provenance = Provenance("o" * 40, commit, "Ada", "ada@example.com", date, "history") if date else None
    return Occurrence(Location("file", path, line, 1, line, 5, 0, 4), provenance)


def _sighting(rule: int, value: bytes, place: Occurrence, confidence: Confidence = Confidence.MEDIUM) -> Sighting:
    return Sighting(rule, value, confidence, place)


def test_nothing() -> None:
    assert group(RULES, [], KEY) == ()


def test_one_finding_for_each_secret_and_rule() -> None:
    places = [_place(b"b", 1), _place(b"a", 2), _place(b"a", 1)]
    sightings = [*(_sighting(0, b"one", place) for place in places), _sighting(0, b"two", places[0])]
    findings = group(RULES, [*sightings, _sighting(1, b"one", places[0]), sightings[0]], KEY)
    assert [(each.rule, each.secret.reveal(), len(each.occurrences)) for each in findings] == [
        ("acme-b", b"one", 1),
        ("acme-a", b"one", 3),
        ("acme-a", b"two", 1),
    ]
    assert [(each.location.path, each.location.line) for each in findings[1].occurrences] == [
        (b"a", 1),
        (b"a", 2),
        (b"b", 1),
    ]


def test_a_finding_is_as_sure_as_its_surest_place() -> None:
    sightings = [_sighting(0, b"v", _place(b"a", line), grade) for line, grade in enumerate(Confidence)]
    (finding,) = group(RULES, sightings, KEY)
    assert finding.confidence is Confidence.HIGH
    assert (finding.verdict, finding.advice) == ("unverified", "Revoke it.")


def test_the_oldest_place_comes_first() -> None:
    late, early = _place(b"a", 1, "2026-02-01T00:00:00+00:00", "c1"), _place(b"z", 9, "2026-01-01T00:00:00+00:00", "c2")
    (finding,) = group(RULES, [_sighting(0, b"v", late), _sighting(0, b"v", early)], KEY)
    assert finding.occurrences == (early, late)


def test_the_fingerprint_knows_rule_value_and_salt_only() -> None:
    def prints(rule: int, value: bytes, place: Occurrence, key: bytes) -> str:
        return group(RULES, [_sighting(rule, value, place)], key)[0].fingerprint

    here, there = _place(b"a", 1), _place(b"b", 7, "2026-01-01T00:00:00+00:00")
    assert prints(0, b"v", here, KEY) == prints(0, b"v", there, KEY)
    assert (
        len(
            {
                prints(0, b"v", here, KEY),
                prints(1, b"v", here, KEY),
                prints(0, b"w", here, KEY),
                prints(0, b"v", here, b"x"),
            }
        )
        == 4
    )


def test_the_order_of_the_sightings_does_not_matter() -> None:
    rng = random.Random(2)
    sightings = [
        _sighting(rng.randrange(2), bytes([97 + rng.randrange(5)]), _place(b"p%d" % rng.randrange(9), rng.randrange(5)))
        for _ in range(60)
    ]
    first = group(RULES, sightings, KEY)
    rng.shuffle(sightings)
    assert group(RULES, sightings, KEY) == first
    assert [each.severity for each in first] == sorted((each.severity for each in first), reverse=True)

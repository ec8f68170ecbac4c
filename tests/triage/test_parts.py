"""A secret and what belongs to it are one finding, in either order, and the part is none of its own."""

from __future__ import annotations

import pytest

from keyguard.engine import open_engine
from keyguard.model import Confidence, Location, Occurrence, Rule
from keyguard.providers.loader import load_rules
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.confirm import Confirmer
from keyguard.triage.group import Sighting, group
from keyguard.triage.match import Match
from keyguard.triage.resolve import resolve
from tests.rules import make_rule
from tests.secrets import made_up

PAIR = make_rule(
    r"(?P<id>ID[0-9]{6})[\s\S]{1,40}?(?P<secret>sec[a-z0-9]{9})|(?P<secret2>sec[a-z0-9]{9})[\s\S]{1,40}?(?P<id2>ID[0-9]{6})",
    trigger="ID[0-9]{6}",
    id="acme-pair",
    confidence=Confidence.HIGH,
    reach=80,
)
ALONE = make_rule("ID[0-9]{6}", id="acme-id", confidence=Confidence.MEDIUM)
RULES = (PAIR, ALONE)
ONE, TWO = b"ID719385", b"ID264017"
FIRST, SECOND = b"seca9b8c7d6e", b"sec1z2y3x4wv"


def _found(text: bytes, rules: tuple[Rule, ...] = RULES) -> list[tuple[str, bytes, tuple[tuple[str, bytes], ...]]]:
    builder = SlabBuilder()
    builder.add_whole(0, text)
    slab = builder.take()
    hits = open_engine(rules, choice="portable").scan(slab.text)
    matches: list[Match] = [match for _, match in Confirmer(rules).confirm(slab, hits).matches]
    assert resolve(rules, matches) == resolve(rules, reversed(matches))
    return [(rules[each.rule].id, each.value, each.named_parts) for each in resolve(rules, matches)]


def test_an_id_alone_is_its_own_finding() -> None:
    assert _found(b"x=" + ONE) == [("acme-id", ONE, ())]
    assert _found(ONE + b"\n" * 60 + FIRST) == [("acme-id", ONE, ())]


@pytest.mark.parametrize("text", [ONE + b"\nkey=" + FIRST, FIRST + b" " + ONE])
def test_a_pair_is_one_finding_in_either_order(text: bytes) -> None:
    assert _found(text) == [("acme-pair", FIRST, (("id", ONE),))]


@pytest.mark.parametrize("order", [(ONE, FIRST, TWO, SECOND), (FIRST, ONE, SECOND, TWO)])
def test_of_two_ids_the_nearer_one_belongs_to_the_secret(order: tuple[bytes, ...]) -> None:
    text = order[0] + b"=" + order[1] + b"\n\n[next]\n" + order[2] + b"=" + order[3]
    assert sorted(_found(text)) == sorted([("acme-pair", FIRST, (("id", ONE),)), ("acme-pair", SECOND, (("id", TWO),))])


def test_an_id_of_another_place_still_counts() -> None:
    text = ONE + b"=" + FIRST + b"\n" * 90 + TWO
    assert _found(text) == [("acme-pair", FIRST, (("id", ONE),)), ("acme-id", TWO, ())]


def test_a_finding_takes_the_parts_of_its_first_place() -> None:
    def sighting(line: int, parts: tuple[tuple[str, bytes], ...]) -> Sighting:
        place = Location("file", b"a", line, 1, line, 2, line, line + 1)
        return Sighting(0, FIRST, Confidence.HIGH, Occurrence(place, None), parts=parts)

    seen = [sighting(3, (("id", TWO),)), sighting(1, ()), sighting(2, (("id", ONE),))]
    assert [finding.parts for finding in group(RULES, seen, b"k")] == [(("id", ONE),)]
    assert group(RULES, seen[1:2], b"k")[0].parts == ()


@pytest.mark.parametrize(
    ("provider", "rule", "names"),
    [
        ("aws", "aws-access-key", ["id"]),
        ("twilio", "twilio-account-token", ["id"]),
        ("twilio", "twilio-api-key-secret", ["id"]),
        ("google", "google-hmac-key", ["id"]),
        ("google", "google-authorized-user", ["id"]),
        ("alibaba", "alibaba-access-key", ["id"]),
        ("scaleway", "scaleway-api-key", ["id"]),
        ("auth0", "auth0-client-credentials", ["id"]),
        ("dburl", "dburl-password", ["user"]),
        ("basicauth", "basicauth-url-password", ["user"]),
    ],
)
def test_pairs_of_real_providers(provider: str, rule: str, names: list[str]) -> None:
    rules = load_rules().rules
    text, (secret,) = made_up(provider, rule)
    mine = [each for each in _found(text, rules) if each[1] == secret]
    assert [(found, [name for name, _ in parts]) for found, _, parts in mine] == [(rule, names)]
    assert not [found for found, value, _ in _found(text, rules) if value in [part for _, part in mine[0][2]]]

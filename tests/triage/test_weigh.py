from __future__ import annotations

from binascii import crc32

import pytest

from keyguard.model import Confidence
from keyguard.triage.weigh import Scale
from tests.rules import make_rule

VALUE = b"q7Zr4kP0mWx2Vb8nTs5LcJ3hGd6FyE"


def _grafana(body: bytes) -> bytes:
    return body + b"_" + crc32(body).to_bytes(4, "little").hex().encode()


def test_placeholders_and_dull_values_are_dropped() -> None:
    scale = Scale([make_rule("abc", entropy=3.5), make_rule("abc")])
    assert scale.weigh(1, b"your-api-key") is None
    assert scale.weigh(0, b"aabbaabbaabb") is None
    assert scale.weigh(0, b"abcdeabcdabcabcd") is None
    assert scale.weigh(1, b"abcdeabcdabcabcd") is Confidence.MEDIUM


def test_generic_rules_give_candidates_of_low_confidence() -> None:
    scale = Scale([make_rule("abc", generic=True), make_rule("abc")])
    assert scale.weigh(0, b"${PASSWORD}") is None
    assert scale.weigh(0, VALUE) is Confidence.LOW
    assert scale.weigh(1, VALUE) is Confidence.MEDIUM


@pytest.mark.parametrize("confidence", Confidence)
def test_the_checksum_raises_or_lowers(confidence: Confidence) -> None:
    scale = Scale(
        [make_rule("abc", checksum="grafana-crc32", confidence=confidence), make_rule("abc", confidence=confidence)]
    )
    assert scale.weigh(0, VALUE) is Confidence(max(1, confidence - 1))
    assert scale.weigh(0, _grafana(VALUE)) is Confidence.HIGH
    assert scale.weigh(1, VALUE) is confidence


def test_a_verdict_is_the_same_when_it_is_asked_again() -> None:
    scale = Scale([make_rule("abc"), make_rule("abc", confidence=Confidence.HIGH)])
    for _ in range(2):
        assert scale.weigh(0, VALUE) is Confidence.MEDIUM
        assert scale.weigh(1, VALUE) is Confidence.HIGH
        assert scale.weigh(0, b"xxxxxxxx") is None

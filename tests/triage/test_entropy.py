from __future__ import annotations

import pytest

from keyguard.triage.entropy import alphabet, reaches, shannon


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"", "hex"),
        (b"0aF9", "hex"),
        (b"0aG9", "base62"),
        (b"0a+9", "base64"),
        (b"0a_-", "base64"),
        (b"0a!9", "text"),
        (b"\xff", "text"),
    ],
)
def test_the_alphabet_is_the_smallest(value: bytes, name: str) -> None:
    assert alphabet(value) == name


@pytest.mark.parametrize(
    ("value", "bits"),
    [(b"", 0.0), (b"aaaa", 0.0), (b"ab", 1.0), (b"aabb", 1.0), (b"abcd", 2.0), (bytes(range(256)), 8.0)],
)
def test_bits_per_character(value: bytes, bits: float) -> None:
    assert shannon(value) == pytest.approx(bits)


@pytest.mark.parametrize("value", [b"a" * 20, b"abababababababababab", b"aaaaaaaaaaaaaaaaaaab"])
def test_dull_values_do_not_reach(value: bytes) -> None:
    assert not reaches(value, 3.0)


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (b"", 0.0),
        (b"q7Zr4kP0mWx2", 4.0),
        (b"0123456789abcdef0f1e2d3c4b5a6978", 4.5),
        (b"q7Zr4kP0mWx2Vb8nTs5LcJ3hGd6F", 4.0),
    ],
)
def test_the_demand_is_scaled_to_alphabet_and_length(value: bytes, least: float) -> None:
    assert reaches(value, least)

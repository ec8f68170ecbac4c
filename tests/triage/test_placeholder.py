from __future__ import annotations

import random

import pytest

from keyguard.providers.loader import builtin_files
from keyguard.providers.providerfile import read_provider
from keyguard.providers.templates import expand
from keyguard.triage.placeholder import is_placeholder


@pytest.mark.parametrize(
    "value",
    [
        b"AKIAIOSFODNN7EXAMPLE",
        b"your-api-key-here",
        b"YOUR_SECRET_TOKEN",
        b"sk-xxxxxxxxxxxxxxxxxxxx",
        b"change_me_now",
        b"dummy-token",
        b"********",
        b"0000000000000000",
        b"1234567890abcdef1234567890abcdef",
        b"0123456789ABCDEF0123",
        b"abcabcabcabcabc",
        b"key....",
        b"ab12ab12ab12ab12ab12",
        b"ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        b"abbabaababbaab",
        b"notasecret",
        b"not-a-real-password",
        b"A1B2C3D4E5F6G7H8I9J0",
    ],
)
def test_stand_ins(value: bytes) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"a",
        b"hunter2",
        b"Tr0ub4dor&3",
        b"an exampled",
        b"deadbeef",
        b"1234",
        b"abcabc",
        # A private key that stands eight spaces to the right, and one with zeros in its head.
        b"-----BEGIN\n        MIIEpAIBAAKCAQEA7iUQC2uU\n        q7Zr4kP0mWx2Vb8n",
        b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMw" + b"q7Zr4kP0mWx2Vb8nTs5LcJ3hGd6FyE" * 5,
    ],
)
def test_what_could_be_a_secret(value: bytes) -> None:
    assert not is_placeholder(value)


def test_random_values_are_none() -> None:
    rng = random.Random(1)
    letters = b"abcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWYZ0123456789"
    assert not any(is_placeholder(bytes(rng.choices(letters, k=rng.randint(12, 60)))) for _ in range(2000))


def test_no_expected_secret_of_a_rule_is_one() -> None:
    files = [read_provider(path, proven=True) for path in builtin_files()]
    templates = [each for file in files for row in file.examples.values() for each in row]
    wrong = {each for each in templates for secret in expand(each, 5).secrets if is_placeholder(secret)}
    assert not wrong

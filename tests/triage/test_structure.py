"""Facts are read off made-up secrets; what is no such secret gives none, whatever its bytes."""

from __future__ import annotations

import json
from base64 import b32encode, b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.triage.structure import structure


def _segment(content: object) -> bytes:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")


def _token(claims: object) -> bytes:
    return b".".join([_segment({"alg": "HS256"}), _segment(claims), b"c2lnbmF0dXJl" * 3])


def _key_id(account: int, prefix: bytes = b"AKIA") -> bytes:
    return prefix + b32encode((account << 7 | 1 << 47).to_bytes(6, "big") + b"\x5a\x11\x77\x03")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"AKIA",
        b"AKIA" + b"1" * 16,
        b"eyJ..",
        b"eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24x.c2ln",
        b"A" * 60,
        _token(["a", "list"]),
        _token({"iss": 5, "exp": "tomorrow", "iat": True, "sub": "", "aud": "x" * 500}),
        b64encode(json.dumps({"type": "user", "project_id": "demo" * 9}).encode()),
    ],
)
def test_what_says_nothing(value: bytes) -> None:
    assert structure(value) == ()


def test_the_account_of_an_access_key_id() -> None:
    assert structure(_key_id(581039954779)) == (("account", "581039954779"), ("kind", "long-lived"))
    assert structure(_key_id(7, b"ASIA")) == (("account", "000000000007"), ("kind", "temporary"))


def test_parts_tell_as_well() -> None:
    assert structure(b"no key", [("id", _key_id(42))])[0] == ("account", "000000000042")


def test_the_claims_of_a_token() -> None:
    claims = {"iss": "https://login.test", "sub": "me", "exp": 1800000000, "iat": 1700000000.5, "secret": "hidden"}
    assert (
        structure(b"ghs_12_" + _token(claims))
        == structure(_token(claims))
        == (
            ("issuer", "https://login.test"),
            ("subject", "me"),
            ("issued", "2023-11-14T22:13:20Z"),
            ("expires", "2027-01-15T08:00:00Z"),
        )
    )


def test_the_project_of_a_service_account() -> None:
    content = {"type": "service_account", "project_id": "demo", "private_key": "hidden", "client_email": "a@demo.test"}
    value = b64encode(json.dumps(content).encode())
    assert structure(value) == (("type", "service_account"), ("project", "demo"), ("e-mail", "a@demo.test"))


@given(st.binary(max_size=80))
def test_no_bytes_are_too_odd(value: bytes) -> None:
    assert isinstance(structure(value), tuple)
    assert isinstance(structure(_token({"exp": 1}) + value), tuple)
    assert isinstance(structure(b"eyJhbGciOiJIUzI1NiJ9." + urlsafe_b64encode(value) + b"."), tuple)

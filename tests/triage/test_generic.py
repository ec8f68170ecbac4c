from __future__ import annotations

import pytest

from keyguard.triage.generic import is_hopeless, is_label, is_own_name, is_public


@pytest.mark.parametrize(
    "value", [b"hunter2", b"Tr0ub4dor&3", b"pa$$w0rd", b"$2b$12$abcdefgh", b"$apr1$abc$def", b"strings", b"none-of-it",
     b"Pa[0-9]ss", b"q[a-z]", b"[1]Zx-9"]
)  # fmt: skip
def test_values_that_may_be_secrets(value: bytes) -> None:
    assert not is_hopeless(value)


@pytest.mark.parametrize(
    "value",
    [b"[A-Za-z0-9]{36}", b"sk-[a-f0-9]{32}", b"acme_([a-z0-9]{20})", b"[A-Z][0-9][A-Z0-9]+", b"kgsa\xe2\x80\xa62c3d",
     b"${PASSWORD}", b"$PASSWORD", b"x${Y}", b"{{ secret }}", b"<%= token %>", b"****", b"...", b"None", b"true"],
)  # fmt: skip
def test_references_and_words_of_the_language(value: bytes) -> None:
    assert is_hopeless(value)


@pytest.mark.parametrize(
    ("name", "value"), [(b"api_key", b"q7Zr4kP0"), (b"license_key", b"AB12-CD34"), (b"token", b"sha-q7Zr")]
)
def test_what_is_not_public(name: bytes, value: bytes) -> None:
    assert not is_public(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"PublicKeyToken", b"b03f5f7f11d50a3a"),
        (b"--recv-keys", b"379CE192D401AB61"),
        (b"signature", b"sha256=0a1b"),
        (b"key", b"ssh-rsa AAAAB3Nza"),
        (b"dbKey", b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"),
        (b"token", b"2026-11-22"),
        (b"secret", b"arn:aws:secretsmanager:x"),
        (b"integrity", b"q7Zr4kP0"),
    ],
)
def test_what_is_public_by_its_kind(name: bytes, value: bytes) -> None:
    assert is_public(name, value)


PHRASES = b"'Sign in' => 'x',\n'Sign out' => 'y',\n'New user' => 'z',\n"


@pytest.mark.parametrize(
    ("value", "before", "near"),
    [
        (b"hunter2", b"'New Password' => '", PHRASES),
        (b"hunter", b"'password' => '", b""),
        (b"q7Zr4kP0", b"'password' => '", PHRASES),
    ],
)
def test_what_is_no_label(value: bytes, before: bytes, near: bytes) -> None:
    assert not is_label(value, before, near)


@pytest.mark.parametrize(
    ("value", "before", "near"),
    [
        (b"Nova Senha", b"'New Password' => '", b""),
        (b"cyfrinair", b"'password' => '", PHRASES),
        ("Passwort ändern".encode(), b"password: '", b""),
    ],
)
def test_labels_and_their_translations(value: bytes, before: bytes, near: bytes) -> None:
    assert is_label(value, before, near)


def test_own_names() -> None:
    assert not any(map(is_own_name, (b"hunter2", b"password1", b"my-secret", b"keys")))
    assert all(map(is_own_name, (b"password", b"Secret", b"API_KEY", b"apikey")))

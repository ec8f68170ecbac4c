from __future__ import annotations

import pytest

from keyguard.triage.harmless import are_words, is_hash, is_label, is_own_name, is_public


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"api_key", b"q7Zr4kP0"),
        (b"license_key", b"AB12-CD34"),
        (b"token", b"sha-q7Zr"),
        (b"signature_key", b"q7Zr4kP0"),
        (b"client_id_secret", b"q7Zr4kP0"),
        (b"secret_id", b"q7Zr4kP0"),
        (b"key", b"0x" + b"9f" * 16),
        (b"password", b"root:7.Zr4k p"),
        (b"seed", b"S" + b"A7" * 28),
    ],
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
        (b"oauth_signature", b"q7Zr4kP0"),
        (b"oauthClientId", b"q7Zr4kP0"),
        (b"key_id", b"q7Zr4kP0"),
        (b"ORACLE_SID", b"ORCLCDB"),
        (b"resourcekey", b"0-q7Zr4kP0"),
        (b"Sec-WebSocket-Key", b"q7Zr4kP0q7Zr4kP0q7Zr4g=="),
        (b"STATUS_WRONG_PASSWORD", b"0xC000006A"),
        (b"key", b"{00021401-0000-0000-C000-000000000046}"),
        (b"OAUTH_USEREMAIL", b"anna@mail.test"),
        (b"account_key", b"A" + b"B7" * 27 + b"C"),
        (b"jsonwebtoken", b"jjwt-gson:0.11.2"),
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"password", b"$2b$12$" + b"ab" * 26),
        (b"password", b"{CRYPT}$6$salt$abc"),
        (b"password", b"pbkdf2_sha256$36000$salt$abc="),
        (b"'phpass'", b"phpass:!2a!08!abc"),
        (b"password_sha2", b"0a" * 32),
        (b"hashed_token", b"0a" * 32),
        (b"_auth_user_hash", b"0a" * 20),
        (b"token_last_eight", b"0a1b2c3d"),
    ],
)
def test_hashes(name: bytes, value: bytes) -> None:
    assert is_hash(name, value)


@pytest.mark.parametrize(
    ("name", "value"), [(b"hash_secret", b"0a" * 20), (b"password", b"$2bad"), (b"password", b"pbkdf2"), (b"sha", b"x")]
)
def test_what_is_no_hash(name: bytes, value: bytes) -> None:
    assert not is_hash(name, value)


def test_keys_are_not_made_of_words() -> None:
    assert are_words(b"access_token", b"lah lah lemons")
    assert not are_words(b"passphrase", b"lah lah lemons")
    assert not are_words(b"access_token", b"lah l4h lemons")
    assert not are_words(b"private_key", b"one two three four five six seven eight nine ten eleven twelve")

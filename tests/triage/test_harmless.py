from __future__ import annotations

from base64 import b64encode

import pytest

from keyguard.triage.harmless import (
    are_words,
    is_default,
    is_hash,
    is_label,
    is_own_name,
    is_public,
    is_reference,
    is_sample,
    is_typed,
)


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
        (b"user_key", b"q7Zr4kP0"),
        (b"apt_key", b"q7Zr4kP0"),
        (b"api_key", b"0a1b2c3d"),
        (b"otpauth", b"otpauth://totp/anna?secret=Q7ZRKP"),
        (b"url_with_key", b"https://anna:q7Zr4kP0@git.host.test"),
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
        (b"KEY_IDENTIFIER", b"0a" * 32),
        (b"auth_user", b"q7Zr4kP0"),
        (b"_public_key", b"0a" * 32),
        (b"testKeyECPubX", b"q7Zr4kP0"),
        (b"keyThumbprint", b"q7Zr4kP0"),
        (b"nodekey", b"0a" * 32),
        (b"webauthn_id", b"q7Zr4kP0"),
        (b"api_key", b"EJ[1:q7Zr4kP0=:q7Zr4kP0:q7Zr4kP0]"),
        (b"password", b"ENC[AES256_GCM,data:q7Zr4kP0,type:str]"),
        (b"key", b"secp256k1"),
        (b"SID", b"S-1-5-21-2620891829-2411261497-1110"),
        (b"ppa_key", b"E1DF1F24"),
        (b"gpg_key_id", b"0A1B2C3D" * 5),
        (b"testAccessKey", b"SCW" + b"W8NG6" * 3 + b"02"),
        (b"token_url", b"https://host.test/oauth/token"),
        (b"API_KEY", b"op://vault/item/API Key"),
        (b"Sid", b"lambda-5aeac81b"),
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
    assert not is_label(b"config/app.yml", value, before, near)


@pytest.mark.parametrize(
    ("value", "before", "near"),
    [
        (b"Nova Senha", b"'New Password' => '", b""),
        (b"cyfrinair", b"'password' => '", PHRASES),
        ("Passwort ändern".encode(), b"password: '", b""),
    ],
)
def test_labels_and_their_translations(value: bytes, before: bytes, near: bytes) -> None:
    assert is_label(b"config/app.yml", value, before, near)


def test_words_in_a_folder_of_translations_are_labels() -> None:
    assert is_label(b"config/locales/nl.yml", b"Wachtwoord", b"password: ", b"")
    assert not is_label(b"config/nl.yml", b"Wachtwoord", b"password: ", b"")
    assert not is_label(b"config/locales/nl.yml", b"hunter2", b"password: ", b"")


def test_own_names() -> None:
    assert not any(map(is_own_name, (b"hunter2", b"password1", b"mysecret", b"keys", b"my-keyring", b"p@ssw0rd1")))
    assert all(map(is_own_name, (b"password", b"Secret", b"API_KEY", b"apikey", b"P@ssw0rd", b"my-secret")))


def test_own_names_as_basic_credentials() -> None:
    assert all(
        is_own_name(b64encode(pair)) for pair in (b"user:pass", b"client-id:client-secret", b"anna:", b"a:secret")
    )
    assert not any(is_own_name(b64encode(pair)) for pair in (b"user:hunter2", b"anna:pass:word", b"\xf0\x01:", b"pass"))
    assert not is_own_name(b"dXNlcjpwYXNz=x")


def test_an_odd_number_of_hex_digits() -> None:
    assert is_typed(b"0a1b2" * 9)
    assert not any(map(is_typed, (b"0a1b2" * 8, b"0a1b2" * 5, b"0a1b2c" * 6 + b"7", b"0A1b2" * 9, b"0a1bz" * 9)))


def test_what_a_person_made_up_in_a_file_to_be_filled_in() -> None:
    values = (b"11elfeinhundertundelf", b"Hunter2!", b"correct-horse-battery", b"SECRET")
    assert all(is_sample(b"config/.env.example", value) for value in values)
    assert not any(is_sample(b"config/.env", value) for value in values)
    made = (b"q7Zr4kP0", b"0a1b2c3d4e5f", b"FlQnfdiCdajDit035!", b"abcdefgh" * 5)
    assert not any(is_sample(b"config/.env.example", value) for value in made)


def test_defaults_that_everybody_knows() -> None:
    assert is_default(b"guest", b"password: ", b"")
    assert not is_default(b"guest7", b"password: ", b"")


def test_an_account_with_the_word_password() -> None:
    assert is_default(b"sh0ppassw0rd", b'GRANT ALL TO `shop`@`127.0.0.1` IDENTIFIED BY "', b'";')
    assert is_default(b"shop-pwd", b'connect("', b'", user="shop")')
    assert not is_default(b"shoppassword", b'password = "', b'"')
    assert not is_default(b"hunter2", b'connect("', b'", user="hunter")')


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (b"src/a.py", b"password", b"connect(password=", b", port=1)"),
        (b"src/a.py", b"sshpass", b"x = {'conn_pass': ", b", 'y': z}"),
        (b"a.rb", b"user.crypted_password", b"old_password = ", b""),
        (b"a.js", b"passhash", b"user.pass = ", b";"),
        (b"a.yml", b"DB_PASSWORD", b"password: getenv('", b"')"),
        (b"a.js", b"API_TOKEN", b'token = process.env["', b'"]'),
        (b"a.plist", b"q7Zr4kP0", b"\t\t<key>", b"</key>"),
        (b"README.md", b"q7Zr4kP0", b"https://host.test/x/badge.svg?token=", b")"),
    ],
)
def test_references(path: bytes, value: bytes, before: bytes, after: bytes) -> None:
    assert is_reference(path, value, before, after)


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (b"src/a.py", b"hunter", b'query = "password=', b', port=1"'),
        (b"src/a.py", b"hunter", b"# connect(password=", b", port=1)"),
        (b"src/a.py", b"hunter2!", b"connect(password=", b", port=1)"),
        (b"src/a.py", b"hunter", b"    password: ", b""),
        (b"a.yml", b"hunter", b"{password: ", b", port: 1}"),
        (b"a.js", b"hunter", b'token = getenv("API_TOKEN", "', b'")'),
    ],
)
def test_what_is_no_reference(path: bytes, value: bytes, before: bytes, after: bytes) -> None:
    assert not is_reference(path, value, before, after)


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
        (b"salt", b"q7Zr4kP0"),
        (b"password_salt", b"q7Zr4kP0"),
    ],
)
def test_hashes(name: bytes, value: bytes) -> None:
    assert is_hash(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"hash_secret", b"0a" * 20),
        (b"password", b"$2bad"),
        (b"password", b"pbkdf2"),
        (b"sha", b"x"),
        (b"SECURE_AUTH_SALT", b"q7Zr4kP0"),
    ],
)
def test_what_is_no_hash(name: bytes, value: bytes) -> None:
    assert not is_hash(name, value)


def test_keys_are_not_made_of_words() -> None:
    assert are_words(b"access_token", b"lah lah lemons")
    assert not are_words(b"passphrase", b"lah lah lemons")
    assert not are_words(b"access_token", b"lah l4h lemons")
    assert not are_words(b"private_key", b"one two three four five six seven eight nine ten eleven twelve")

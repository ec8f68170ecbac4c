from __future__ import annotations

import json
from base64 import b64encode

import pytest

from keyguard.model import Secret
from keyguard.respond.material import material

PEM = b"-----BEGIN " + b"PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n"
EMAIL = b"robot@acme.iam.gserviceaccount.com"


def names(value: bytes, *parts: tuple[str, bytes]) -> set[str]:
    return set(material(Secret(value), parts))


@pytest.mark.parametrize("parts", [(), (("email", b"robot@example.com"),), (("email", b'x","a":"' + EMAIL),)])
def test_a_key_without_its_account_makes_no_key_file(parts: tuple[tuple[str, bytes], ...]) -> None:
    assert "secret.json" not in names(PEM, *parts)


@pytest.mark.parametrize("value", [b"eyJ0not-base64!", b64encode(b'{"type":"x"}'), b64encode(b'{"type": [')])
def test_what_is_no_key_file_makes_none(value: bytes) -> None:
    assert "secret.json" not in names(value)


def test_a_key_file_is_put_together() -> None:
    made = material(Secret(PEM), [("email", EMAIL)])["secret.json"]
    assert isinstance(made, Secret)
    fields = json.loads(made.reveal())
    assert fields["client_email"] == EMAIL.decode()
    assert fields["private_key"].splitlines()[1] == "MIIE"


def test_a_key_file_is_decoded() -> None:
    text = b'{"type": "service_account", "client_email": "a", "private_key": "b"}'
    made = material(Secret(b64encode(text).rstrip(b"=")))["secret.json"]
    assert isinstance(made, Secret)
    assert made.reveal() == text


def test_what_follows_from_a_secret() -> None:
    values = material(Secret(b"SG.key-id.rest-of-it"), [("id", b"7")])
    assert values["secret.middle"] == "key-id"
    assert values["secret.last4"] == "f-it"
    assert values["id"] == "7"
    assert "secret.suffix" in names(b"0123456789-us9")
    assert "secret.suffix" not in names(b"sk-proj-0123456789")
    path = material(Secret(b"https://discord.com/api/webhooks/1/x"))["secret.path"]
    assert isinstance(path, Secret)
    assert path.reveal() == b"api/webhooks/1/x"


def test_a_key_file_names_its_account_and_its_key() -> None:
    whole = material(Secret(PEM), [("email", EMAIL), ("kid", b"a1b2")])
    assert (whole["secret.email"], whole["secret.kid"]) == (EMAIL.decode(), "a1b2")
    text = b'{"client_email": "a@b.example", "private_key": "b", "private_key_id": "c3d4"}'
    decoded = material(Secret(b64encode(b'{"type": "x", ' + text[1:])))
    assert (decoded["secret.email"], decoded["secret.kid"]) == ("a@b.example", "c3d4")
    assert "secret.kid" not in names(PEM, ("email", EMAIL))


@pytest.mark.parametrize("value", [b"a.eyJ!!!.c", b"a.eyJ4.c", b"a." + b64encode(b"[1]") + b".c", b"eyJhIjoiYiJ9"])
def test_what_is_no_signed_token_says_nothing_of_itself(value: bytes) -> None:
    assert not any(name.startswith("secret.claim.") for name in names(value))


def test_a_signed_token_says_what_it_says_of_itself() -> None:
    claims = b64encode(b'{"iss":"supabase","ref":"abcdefghijklmnopqrst","iat":1,"odd name":"x"}').rstrip(b"=")
    values = material(Secret(b"eyJhbGciOiJIUzI1NiJ9." + claims + b".c2ln"))
    told = {name: value for name, value in values.items() if name.startswith("secret.claim.")}
    assert told == {"secret.claim.iss": "supabase", "secret.claim.ref": "abcdefghijklmnopqrst"}

"""Each check with a token made by its own recipe, and with the same token one character off."""

from __future__ import annotations

import base64
import json
from binascii import crc32
from typing import TYPE_CHECKING

import pytest

from keyguard.triage.checksum import CHECKS, passes

if TYPE_CHECKING:
    from collections.abc import Callable

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BODY = b"q7Zr4kP0mWx2Vb8nTs5LcJ3hGd6FyE"


def _base(number: int, digits: str, width: int) -> bytes:
    out = ""
    for _ in range(width):
        number, digit = divmod(number, len(digits))
        out = digits[digit] + out
    return out.encode()


def _github(body: bytes = BODY) -> bytes:
    return b"ghp_" + body + _base(crc32(body), DIGITS, 6)


def _gitlab() -> bytes:
    head = b"glpat-" + BODY + b".01."
    return head + _base(crc32(head), DIGITS[:10] + DIGITS[36:], 7)


def _grafana() -> bytes:
    head = b"glsa_" + BODY
    return head + b"_" + crc32(head).to_bytes(4, "little").hex().encode()


def _atlassian(joint: bytes = b"=") -> bytes:
    head = b"ATATT3xFfGF0" + BODY
    return head + joint + b"%08X" % crc32(head)


def _segment(value: object) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def _jwt(header: object) -> bytes:
    return _segment(header) + b"." + _segment({"sub": "1"}) + b"." + BODY


def _aws(account: int) -> bytes:
    packed = ((1 << 47) | (account << 7)).to_bytes(6, "big") + b"\1\2\3\4"
    return b"AKIA" + base64.b32encode(packed)


def _discord(user: bytes) -> bytes:
    return base64.urlsafe_b64encode(user).rstrip(b"=") + b".abcdef." + BODY


def _macaroon(packed: bytes) -> bytes:
    return b"pypi-" + base64.urlsafe_b64encode(packed + BODY).rstrip(b"=")


def _pem(key: bytes, joint: bytes = b"\n", kind: bytes = b"RSA ") -> bytes:
    text = base64.b64encode(key)
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return joint.join((b"-----BEGIN %bPRIVATE KEY-----" % kind, *lines, b"-----END %bPRIVATE KEY-----" % kind))


def _open_ssh(cipher: bytes) -> bytes:
    return _pem(b"openssh-key-v1\0" + len(cipher).to_bytes(4, "big") + cipher + bytes(16) + KEY, kind=b"OPENSSH ")


KEY = BODY * 9
DER = b"\x30\x82" + len(KEY).to_bytes(2, "big") + KEY
# The CRC of some bodies is small: its base62 digits begin with zeros.
LEADING_ZERO = next(body for body in (b"%030d" % number for number in range(10_000)) if crc32(body) < 62**4)
WRONG: dict[str, list[bytes]] = {
    "github-crc32": [b"", b"ghp_", _github()[:-1] + b"!", _github(LEADING_ZERO).replace(b"ghp_0", b"ghp_1")],
    "gitlab-crc32": [b"", _gitlab()[:-1] + b"!", _gitlab().replace(b".01.", b".02.")],
    "grafana-crc32": [b"", _grafana()[:-1] + b"!", _grafana().replace(b"q7", b"q8")],
    "atlassian-crc32": [b"", _atlassian()[:-1] + b"!", _atlassian().replace(b"q7", b"q8")],
    "jwt-header": [b"", b"eyJ", b"!!!.a.b", _jwt({"typ": "JWT"}), _jwt(["alg"]), b"eyJhbGciOi.e30.x", b"\xff\xfe.a.b"],
    "openai-marker": [b"sk-abcT3BlbkFJabcd", b"sk-proj-abcdT3BlbkFJabc"],
    "discord-snowflake": [b"", b"....", _discord(b"12345678901234567x")],
    "aws-account": [b"", b"AKIA", b"AKIA01", _aws(10**12), _aws((1 << 40) - 1), b"AKIA!!!!!!!!!!!!!!!!"],
    "pypi-macaroon": [b"", b"pypi-", _macaroon(b"\1\1"), b"pypi-AgE!"],
    "private-key": [
        b"",
        _pem(b""),
        _pem(b"\x30"),
        _pem(KEY),
        _pem(DER[:-3]),
        _pem(DER).replace(b"KEY-----\n", b"KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n", 1),
        _open_ssh(b"aes256-ctr"),
    ],
}
RIGHT: dict[str, list[bytes]] = {
    "github-crc32": [
        _github(),
        _github(LEADING_ZERO),
        b"npm_" + _github(LEADING_ZERO)[4:],
        b"polar_oat_" + _github()[4:],
    ],
    "gitlab-crc32": [_gitlab()],
    "grafana-crc32": [_grafana()],
    "atlassian-crc32": [_atlassian(), _atlassian(b"")],
    "jwt-header": [_jwt({"alg": "HS256"}), _jwt({"typ": "JWT", "alg": "none"})],
    "openai-marker": [b"sk-abcT3BlbkFJabc", b"sk-proj-abcdT3BlbkFJabcd", b"sk-proj-a-cdT3BlbkFJabcd"],
    "discord-snowflake": [_discord(b"123456789012345678")],
    "aws-account": [_aws(0), _aws(123456789012), _aws(10**12 - 1)],
    "pypi-macaroon": [_macaroon(b"\2\1")],
    "private-key": [
        _pem(DER),
        _pem(DER, b"\n        "),
        _pem(DER, b"\\n"),
        _pem(DER, b'\\n" +\n    "'),
        _pem(DER, b"\n// "),
        _pem(b"\x30\x81\xc8" + KEY[:200], kind=b"EC "),
        _pem(b"\x30\x77" + KEY[:119], kind=b""),
        _open_ssh(b"none"),
    ],
}


def test_every_check_is_tested() -> None:
    assert set(WRONG) == set(RIGHT) == set(CHECKS)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_fails(name: str, value: bytes) -> None:
    assert not passes(name, value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_what_passes(name: str, value: bytes) -> None:
    assert passes(name, value)


@pytest.mark.parametrize("make", [_github, _gitlab, _grafana, _atlassian])
def test_any_other_character_fails(make: Callable[[], bytes]) -> None:
    value = make()
    name = f"{make.__name__[1:]}-crc32"
    for place in range(value.index(BODY), value.index(BODY) + len(BODY)):
        assert not passes(name, value[:place] + b"-" + value[place + 1 :])


def test_a_crc_with_leading_zeros_is_padded() -> None:
    assert _github(LEADING_ZERO)[-6:].startswith(b"00")

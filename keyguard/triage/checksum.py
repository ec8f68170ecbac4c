"""Offline checks that some token formats allow: a checksum inside, or a structure that decodes."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE36 = b"0123456789abcdefghijklmnopqrstuvwxyz"
# Between the lines of a key in a string of a program: an escaped line end, or a quote, a sign and another quote.
_SEAMS = re.compile(rb"\\{1,2}[nrt]|[\"'`][^A-Za-z0-9\"'`]*[\"'`]|[^A-Za-z0-9+/]")
_OPEN_SSH = b"openssh-key-v1\0\0\0\0\x04none"  # the name of the cipher, behind its length
_SHORT_FORM = 0x80


def _in_base(number: int, digits: bytes, width: int) -> bytes:
    out = bytearray()
    while number:
        number, digit = divmod(number, len(digits))
        out.append(digits[digit])
    return bytes(reversed(out)).rjust(width, digits[:1])


def _github(value: bytes) -> bool:
    """The last 6 characters are the CRC-32 of those between prefix and them, in base62 padded with 0 (GitHub)."""
    body = value.rpartition(b"_")[2]
    return body[-6:] == _in_base(binascii.crc32(body[:-6]), _BASE62, 6)


def _gitlab(value: bytes) -> bool:
    """The last 7 characters are the CRC-32 of all before them, in base36 (GitLab's routable tokens)."""
    return value[-7:] == _in_base(binascii.crc32(value[:-7]), _BASE36, 7)


def _grafana(value: bytes) -> bool:
    """The last 8 characters are the CRC-32 of those before the last underscore, in little-endian hex."""
    head, _, tail = value.rpartition(b"_")
    return tail == binascii.crc32(head).to_bytes(4, "little").hex().encode()


def _atlassian(value: bytes) -> bool:
    """The last 8 characters are the CRC-32 of all before them, in upper-case hex."""
    return value[-8:].upper() == b"%08X" % binascii.crc32(value[: -9 if value[-9:-8] == b"=" else -8])


def _decoded(segment: bytes) -> bytes:
    return urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))


def _jwt(value: bytes) -> bool:
    """The first segment is JSON that names an algorithm."""
    import json

    header = json.loads(_decoded(value.partition(b".")[0]))
    return isinstance(header, dict) and "alg" in header


def _openai(value: bytes) -> bool:
    """The marker stands in the middle: both halves have the same length."""
    head, _, tail = value.partition(b"T3BlbkFJ")
    return len(head.rpartition(b"-")[2]) == len(tail) or len(head.split(b"-", 2)[-1]) == len(tail)


def _discord(value: bytes) -> bool:
    """The first segment decodes to a decimal user id."""
    return _decoded(value.partition(b".")[0]).isdigit()


def _aws_account(value: bytes) -> bool:
    """The 16 characters after the prefix are base32 and hold an account number of at most 12 digits."""
    import base64

    packed = base64.b32decode(value[4:20])
    return len(packed) == 10 and (int.from_bytes(packed[:6], "big") & 0x7FFFFFFFFF80) >> 7 < 10**12


def _macaroon(value: bytes) -> bool:
    """The token decodes to a macaroon of version 2 with a location field."""
    return _decoded(value.partition(b"-")[2])[:2] == b"\x02\x01"


def _private_key(value: bytes) -> bool:
    """No passphrase protects it, and it is as long as its first bytes say (DER; PROTOCOL.key of OpenSSH)."""
    _, _, rest = value.partition(b"KEY-----")
    body = _SEAMS.sub(b"", rest.partition(b"-----END")[0]).lstrip(b"+/")
    head = b64decode(body[:32])
    if head.startswith(_OPEN_SSH[:14]):
        return head.startswith(_OPEN_SSH)
    return head[:1] == b"\x30" and 3 * len(body) // 4 >= _length_in_der(head)


def _length_in_der(head: bytes) -> int:
    """Of what begins with a tag and its length, both included."""
    if head[1] < _SHORT_FORM:
        return 2 + head[1]
    size = head[1] - _SHORT_FORM
    return 2 + size + int.from_bytes(head[2 : 2 + size], "big")


CHECKS: dict[str, Callable[[bytes], bool]] = {
    "github-crc32": _github,
    "gitlab-crc32": _gitlab,
    "grafana-crc32": _grafana,
    "atlassian-crc32": _atlassian,
    "jwt-header": _jwt,
    "openai-marker": _openai,
    "discord-snowflake": _discord,
    "aws-account": _aws_account,
    "pypi-macaroon": _macaroon,
    "private-key": _private_key,
}


def passes(name: str, value: bytes) -> bool:
    """Whether `value` passes the named check; False also where it does not even decode."""
    try:
        return CHECKS[name](value)
    except (ValueError, binascii.Error):
        return False

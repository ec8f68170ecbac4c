"""What a secret says about itself without asking anybody: account, issuer, expiry, owner."""

from __future__ import annotations

import binascii
import json
import re
from base64 import b32decode, b64decode, urlsafe_b64decode
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

Facts = tuple[tuple[str, str], ...]
_MOST = 200
_KEY_ID = re.compile(rb"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\Z")
_SEGMENTS = re.compile(rb"eyJ[A-Za-z0-9_-]{8,}\.([A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]*\Z")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}\Z")
_CLAIMS = (("iss", "issuer"), ("sub", "subject"), ("aud", "audience"), ("azp", "client"), ("email", "e-mail"))
_TIMES = (("iat", "issued"), ("exp", "expires"))
_ACCOUNT = (
    ("type", "type"),
    ("project_id", "project"),
    ("client_email", "e-mail"),
    ("private_key_id", "key id"),
    ("client_id", "client id"),
)


def structure(value: bytes, parts: Iterable[tuple[str, bytes]] = ()) -> Facts:
    """Facts that can be read off a secret and its parts, as (name, text), none of them secret; empty where none are."""
    found: dict[str, str] = {}
    for each in (value, *(part for _, part in parts)):
        for read in _READERS:
            for name, text in read(each):
                found.setdefault(name, text)
    return tuple(found.items())


def _aws_account(value: bytes) -> Facts:
    """The account number, which an access key id holds in base32 (40 bits after the first)."""
    if not _KEY_ID.match(value):
        return ()
    number = (int.from_bytes(b32decode(value[4:])[:6], "big") & 0x7FFFFFFFFF80) >> 7
    kind = "temporary" if value.startswith(b"ASIA") else "long-lived"
    return (("account", f"{number:012d}"), ("kind", kind)) if number < 10**12 else ()


def _token(value: bytes) -> Facts:
    """Issuer, subject and times of a JSON Web Token (RFC 7519), also behind a prefix such as `ghs_1_`."""
    match = _SEGMENTS.search(value)
    return _claims(_json(match[1])) if match else ()


def _claims(claims: dict[str, Any]) -> Facts:
    facts = _texts(claims, _CLAIMS)
    for key, name in _TIMES:
        when = claims.get(key)
        if isinstance(when, (int, float)) and not isinstance(when, bool) and 0 < when < 1 << 36:
            facts += ((name, f"{datetime.fromtimestamp(when, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"),)
    return facts


def _service_account(value: bytes) -> Facts:
    """Project and e-mail of a Google service-account file in base64."""
    if not _BASE64.match(value):
        return ()
    content = _json(value)
    return _texts(content, _ACCOUNT) if content.get("type") in ("service_account", "authorized_user") else ()


def _json(encoded: bytes) -> dict[str, Any]:
    """The object in base64 of either alphabet; an empty one where there is none."""
    padded = encoded.rstrip(b"=") + b"=" * (-len(encoded.rstrip(b"=")) % 4)
    try:
        decode = urlsafe_b64decode if b"-" in encoded or b"_" in encoded else b64decode
        content = json.loads(decode(padded))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _texts(content: dict[str, Any], names: tuple[tuple[str, str], ...]) -> Facts:
    """Those members that are short texts, for show."""
    kept = ((name, content.get(key)) for key, name in names)
    return tuple((name, text) for name, text in kept if isinstance(text, str) and 0 < len(text) <= _MOST)


_READERS: tuple[Callable[[bytes], Facts], ...] = (_aws_account, _token, _service_account)

"""What a request can be filled with: a found secret, what stands beside it, and what follows from it."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Iterable
from typing import Any

from keyguard.model import Secret

_PRIVATE = ("private_key", "client_email")
_SHORT = 6
_CLAIM = re.compile(r"[a-z0-9_]{1,40}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_EMAIL = re.compile(rb"[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com")


def material(secret: Secret, parts: Iterable[tuple[str, bytes]] = ()) -> dict[str, Secret | str]:
    """Values by the names that provider files may use.

    `secret` itself, and what follows from it: `secret.sha256` (hex), `secret.last4`, `secret.middle` (between the first
    and the last dot), `secret.suffix` (after the last hyphen, if that is short), `secret.path` (after the first slash
    of an address) and `secret.json` (the key file of a Google service account, put together or decoded) with its
    `secret.email` and `secret.kid` (key id); `secret.claim.<name>` for each text that a signed token says of itself.
    Then each of `parts`, which are no secrets, under its own name.
    """
    value = secret.reveal()
    values: dict[str, Secret | str] = {
        "secret": secret,
        "secret.sha256": hashlib.sha256(value).hexdigest(),
        "secret.last4": value[-4:].decode("utf-8", "replace"),
    }
    suffix = value.rpartition(b"-")[2]
    if len(suffix) <= _SHORT < len(value):
        values["secret.suffix"] = suffix.decode("utf-8", "replace")
    if value.count(b".") > 1:
        values["secret.middle"] = value.split(b".", 1)[1].rsplit(b".", 1)[0].decode("utf-8", "replace")
    if b"/" in value:
        path = value.partition(b"://")[2] or value
        values["secret.path"] = Secret(path.partition(b"/")[2])
    known = dict(parts)
    values |= _claims(value)
    account = _service_account(value, known)
    if account:
        values["secret.json"] = Secret(json.dumps(account).encode())
        names = (("email", "client_email"), ("kid", "private_key_id"))
        values |= {f"secret.{short}": str(account[name]) for short, name in names if account.get(name)}
    return values | {name: text.decode("utf-8", "replace") for name, text in known.items()}


def _claims(value: bytes) -> dict[str, str]:
    """What a JSON Web Token (RFC 7519) says of itself, unproved, under names that a request may use."""
    pieces = value.split(b".")
    if len(pieces) != 3 or not pieces[1].startswith(b"eyJ"):
        return {}
    fields = _decoded(pieces[1].translate(_URL_SAFE))
    told = {name: text for name, text in fields.items() if _CLAIM.fullmatch(name) and isinstance(text, str)}
    return {f"secret.claim.{name}": text for name, text in told.items()}


def _service_account(value: bytes, parts: dict[str, bytes]) -> dict[str, Any]:
    """The fields of a key file as far as they are known; none for anything else."""
    if value.startswith((b"ewog", b"eyJ0")):
        fields = _decoded(value)
        return fields if all(name in fields for name in _PRIVATE) else {}
    if b"PRIVATE KEY-----" not in value:
        return {}
    email = parts.get("email") or parts.get("client_email") or b""
    key = value.replace(b"\\\\n", b"\n").replace(b"\\n", b"\n").decode("ascii", "replace")
    if not _EMAIL.fullmatch(email):
        return {}
    named = {"private_key_id": parts["kid"].decode("ascii", "replace")} if "kid" in parts else {}
    return {"client_email": email.decode(), "private_key": key, **named}


def _decoded(value: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(b64decode(value + b"=" * (-len(value) % 4)))
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}

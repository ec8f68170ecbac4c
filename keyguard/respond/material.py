"""What a request can be filled with: a found secret, what stands beside it, and what follows from it."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64decode
from collections.abc import Iterable

from keyguard.model import Secret

_PRIVATE = ("private_key", "client_email")
_SHORT = 6
_EMAIL = re.compile(rb"[a-z0-9.-]+@[a-z0-9.-]+\.gserviceaccount\.com")


def material(secret: Secret, parts: Iterable[tuple[str, bytes]] = ()) -> dict[str, Secret | str]:
    """Values by the names that provider files may use.

    `secret` itself, and what follows from it: `secret.sha256` (hex), `secret.last4`, `secret.middle` (between the first
    and the last dot), `secret.suffix` (after the last hyphen, if that is short), `secret.path` (after the first slash
    of an address) and `secret.json` (the key file of a Google service account, put together or decoded). Then each of
    `parts`, which are no secrets, under its own name.
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
    account = _service_account(value, known)
    if account is not None:
        values["secret.json"] = account
    return values | {name: text.decode("utf-8", "replace") for name, text in known.items()}


def _service_account(value: bytes, parts: dict[str, bytes]) -> Secret | None:
    if value.startswith((b"ewog", b"eyJ0")):
        return _decoded(value)
    if b"PRIVATE KEY-----" not in value:
        return None
    email = parts.get("email") or parts.get("client_email") or b""
    key = value.replace(b"\\\\n", b"\n").replace(b"\\n", b"\n").decode("ascii", "replace")
    if not _EMAIL.fullmatch(email):
        return None
    return Secret(json.dumps({"client_email": email.decode(), "private_key": key}).encode())


def _decoded(value: bytes) -> Secret | None:
    try:
        text = b64decode(value + b"=" * (-len(value) % 4))
        fields = json.loads(text)
    except ValueError:
        return None
    return Secret(text) if isinstance(fields, dict) and all(name in fields for name in _PRIVATE) else None

"""Compares a secret with what a provider shows of it."""

from __future__ import annotations

import hashlib
import re

_GAP = re.compile(r"\.{2,}|\*+|…+|•+|[xX]{4,}")
_LEAST = 4
# A kind of key has a beginning of its own, such as "sk-proj-": what is shown must go beyond it.
_LEAST_PREFIX = 12


def fits(how: str, shown: str, secret: bytes) -> bool:
    """Whether `shown` is the secret's. A hint must show at least 4 characters beside its gap."""
    text = secret.decode("utf-8", "replace")
    if how == "equal":
        return shown == text
    if how == "sha256":
        return shown.lower() == hashlib.sha256(secret).hexdigest()
    if how == "prefix":
        return len(shown) >= _LEAST_PREFIX and text.startswith(shown)
    if how == "last4":
        return len(shown) >= _LEAST and text.endswith(shown[-_LEAST:])
    return _fits_hint(shown.strip(), text)


def _fits_hint(shown: str, text: str) -> bool:
    pieces = _GAP.split(shown)
    if len(pieces) < 2 or sum(map(len, pieces)) < _LEAST:
        return False
    return text.startswith(pieces[0]) and text.endswith(pieces[-1]) and sum(map(len, pieces)) <= len(text)

"""Keeps a stop from locking the person out: never the credential in use, never an administrator's last key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from keyguard.errors import KeyguardError
from keyguard.respond.hints import fits

if TYPE_CHECKING:
    from keyguard.model import Secret
    from keyguard.respond.listing import KeyRecord

_OWN: Final = "this key is the one that the audit reads with, so it is not stopped"
_ADMIN: Final = frozenset({"admin", "administrator", "management", "owner", "provisioning", "root", "all"})
# What providers call the part of a key that they show, and the flags by which they tell an administrator's key.
_HINTS: Final = ("partial_key_hint", "redacted_value", "redactedApiKey", "label", "hint")
_FLAGS: Final = ("is_management_key", "is_provisioning_key", "is_admin")


def refuse_own(key: str, secrets: Mapping[str, Secret]) -> None:
    """KeyguardError where `key`, as figures call it, is a credential that was given, by value or by hash."""
    for secret in secrets.values():
        if key.encode() == secret.reveal() or hashlib.sha256(secret.reveal()).hexdigest() == key:
            raise KeyguardError(_OWN)


def target_of(key: str, listed: Sequence[KeyRecord]) -> KeyRecord:
    """The one listed key of that id, or else of that name. KeyguardError where there is none, or more than one."""
    named = [each for each in listed if each.id == key] or [each for each in listed if each.title == key]
    if len(named) != 1:
        ids = ", ".join(each.id for each in named)
        why = f"more than one key is called so ({ids})" if named else "the provider does not list a key of that name"
        raise KeyguardError(f"{why}; nothing was changed")
    return named[0]


def refuse_lockout(target: KeyRecord, listed: Sequence[KeyRecord], secrets: Mapping[str, Secret]) -> None:
    """KeyguardError where stopping `target` would end the credential at hand, or leave no administrator's key on."""
    if any(_is_of(target, secret) for secret in secrets.values()):
        raise KeyguardError(_OWN)
    if _is_admin(target) and not any(_is_admin(each) and not each.is_off for each in listed if each.id != target.id):
        raise KeyguardError("this is the last key of an administrator that the provider lists, so it is not stopped")


def _is_of(record: KeyRecord, secret: Secret) -> bool:
    value, row = secret.reveal(), _row(record)
    hints = [str(row[name]) for name in _HINTS if row.get(name)]
    same = record.id.encode() == value or record.id == hashlib.sha256(value).hexdigest()
    return same or any(fits("hint", hint, value) for hint in hints)


def _is_admin(record: KeyRecord) -> bool:
    words = frozenset(re.split(r"[^a-z]+", record.scope.lower()))
    return bool(words & _ADMIN) or any(_row(record).get(flag) is True for flag in _FLAGS)


def _row(record: KeyRecord) -> Mapping[str, Any]:
    return record.row if isinstance(record.row, dict) else {}

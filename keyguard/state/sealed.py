"""Text that is kept encrypted: AES-256-GCM, with a key that scrypt makes of a passphrase or of a key file's content.

https://cryptography.io/en/latest/hazmat/primitives/aead/ (AESGCM), RFC 7914 (scrypt)
"""

from __future__ import annotations

import binascii
import hashlib
import json
import os
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.model import Secret

_COST: Final = 1 << 15  # with blocks of 8: 32 MiB and a tenth of a second
_BLOCK: Final = 8
_HIGHEST_COST: Final = 1 << 20
_WHAT: Final = "keyguard sealed"
_HINT: Final = "another passphrase or key file? Else the file was changed"


class SealError(KeyguardError):
    """What was sealed cannot be opened, or nothing can be sealed here. The message holds nothing of it."""


class Seal(NamedTuple):
    """A key with what it was made of, but for the passphrase: one seal closes many versions of a file."""

    key: Secret
    salt: bytes
    cost: int

    def close(self, content: bytes) -> str:
        """The content as encrypted text, each time with a new nonce."""
        header = _header(self.salt, self.cost)
        nonce = os.urandom(12)
        sealed = _cipher(self.key).encrypt(nonce, content, header)
        document = {**json.loads(header), "nonce": _text(nonce), "sealed": _text(sealed)}
        return json.dumps(document, indent=1) + "\n"


def new_seal(passphrase: Secret, *, cost: int = _COST) -> Seal:
    """A seal with a salt of its own. `cost` is scrypt's N. SealError where the extra is not installed."""
    salt = os.urandom(16)
    seal = Seal(_key(passphrase, salt, cost), salt, cost)
    _cipher(seal.key)
    return seal


def open_sealed(text: str, passphrase: Secret, name: str) -> tuple[bytes, Seal]:
    """The content, and the seal to close it with again. SealError, which calls the file `name`, where that fails."""
    try:
        document: dict[str, Any] = json.loads(text)
        salt, nonce, sealed = (b64decode(document[field], validate=True) for field in ("salt", "nonce", "sealed"))
        cost = document["cost"]
        known = (document["what"], document["version"]) == (_WHAT, 1) and type(cost) is int
    except (ValueError, KeyError, TypeError, binascii.Error):
        known, cost = False, 0
    if not known or not 2 <= cost <= _HIGHEST_COST or cost & (cost - 1):
        raise SealError(f"{name}: is no sealed file of keyguard")
    seal = Seal(_key(passphrase, salt, cost), salt, cost)
    cipher = _cipher(seal.key)
    from cryptography.exceptions import InvalidTag

    try:
        return cipher.decrypt(nonce, sealed, _header(salt, cost)), seal
    except (InvalidTag, ValueError):
        raise SealError(f"{name}: cannot be opened", _HINT) from None


def _header(salt: bytes, cost: int) -> bytes:
    """What is not encrypted and must not be changed either."""
    return json.dumps({"what": _WHAT, "version": 1, "salt": _text(salt), "cost": cost}).encode("ascii")


def _key(passphrase: Secret, salt: bytes, cost: int) -> Secret:
    from keyguard.model import Secret

    memory = 128 * _BLOCK * cost + (1 << 20)
    made = hashlib.scrypt(passphrase.reveal(), salt=salt, n=cost, r=_BLOCK, p=1, maxmem=memory, dklen=32)
    return Secret(made)


def _cipher(key: Secret) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise SealError("encryption needs the package cryptography", 'pip install "keyguard[redact]"') from None
    return AESGCM(key.reveal())


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")

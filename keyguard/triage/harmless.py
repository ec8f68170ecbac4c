"""What may look like a secret and is none: what is public by its kind, hashes, words of labels, names of secrets."""

from __future__ import annotations

import re

_PUBLIC_NAMES = re.compile(
    rb"(?i)public_?key_?token|recv-?keys?|known_?hosts|ssh-(?:rsa|dss|ed25519)|(?:sha\d+|md5|check)_?sums?$|"
    rb"integrity|fingerprint|(?:account|user|login|key|file|host|display|secret|token)_?name$|licen[sc]e(?!.?key)|"
    rb"(?:client|consumer|app(?:lication)?|key|token|credential)[_-]?ids?$|signature$|(?:oracle|db)_?sid$|"
    rb"resource_?key$|sec-?websocket-?(?:key|accept)$|e-?mail$"
)
_PUBLIC_VALUES = re.compile(
    rb"(?i)^(?:sha(?:1|224|256|384|512)|md5|h1)[:=-]|^ssh-(?:rsa|dss|ed25519)|^AAAA[BE][23]|"
    # How a public key (SubjectPublicKeyInfo in DER) begins in base64: elliptic curves, RSA of the usual sizes, Ed25519.
    rb"^(?:MFkwEwYHKoZIzj0|MHYwEAYHKoZIzj0|MFwwDQYJKoZIhvc|MIGfMA0GCSqGSIb3|MII[BC]IjANBgkqhkiG9|MCowBQYDK2V)|"
    # A public key of NATS, the id of a class, a number, a package with its version.
    rb"^(?-i:[ACNOUX][A-Z2-7]{55}$)|^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$|"
    rb"^0x[0-9a-f]{1,16}[ul]{0,3}$|^[a-z][\w.-]*:[0-9]+\.[0-9]+[\w.-]*$|"
    rb"^-----BEGIN (?:PUBLIC|CERT)|^(?:arn|urn):|^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]|$)"
)
_HASHES = re.compile(
    rb"(?:\{[A-Z0-9-]{2,12}\}|[a-z]{2,10}:)?[$!](?:2[abxy]?|argon2id?|argon2i|scrypt|y|5|6)[$!]|"
    rb"(?:pbkdf2|scrypt|bcrypt|argon2)[a-z0-9_]{0,8}\$"
)
_HASH_NAMES = re.compile(
    rb"(?i)hash(?:ed)?$|^hashed|(?:sha-?(?:1|2|224|256|384|512)|md5)(?:$|[_.-])|_last_?(?:four|eight)$"
)
_NO_TOKEN = re.compile(rb"[A-Za-z]+(?: [A-Za-z]+){1,8}$")
_OF_WORDS = re.compile(rb"(?i)pass|pwd|pw$|secret|phrase|pin$")
_OWN_NAME = re.compile(rb"(?i)(?:password|passwd|passphrase|secret|token|api[-_ ]?key)$")
_PHRASE_KEY = re.compile(
    rb"[\"'][^\"'\n]{0,100}[A-Za-z] [^\"'\n]{0,100}[\"'][ \t]{0,20}(?:=>|[:=,])[^\"'\n]{0,20}[\"']$"
)
_PHRASES = re.compile(rb"[\"'][A-Z][a-z]+(?: [A-Za-z]+)+[.:?!]?[\"']\s{0,20}(?:=>|:|=)")
_WORDS = re.compile(rb"[A-Za-z \x80-\xff.,:;!?'-]+$")
_FEW_PHRASES = 2


def is_public(name: bytes, value: bytes) -> bool:
    """True for what is public by its very kind: public keys, hashes of files, dates, names of resources."""
    return bool(_PUBLIC_NAMES.search(name) or _PUBLIC_VALUES.search(value))


def is_own_name(value: bytes) -> bool:
    """True for "password" and the like: mostly what a person writes who means that a password stands here."""
    return bool(_OWN_NAME.match(value))


def is_hash(name: bytes, value: bytes) -> bool:
    """True for the hash of a password or token: it opens nothing by itself."""
    return bool(_HASHES.match(value) or _HASH_NAMES.search(name))


def are_words(name: bytes, value: bytes) -> bool:
    """True for a few words given to a name of what is never made of words: a key, a token."""
    return bool(_NO_TOKEN.match(value)) and not _OF_WORDS.search(name)


def is_label(value: bytes, before: bytes, near: bytes) -> bool:
    """True for the translation of a label: words given to a phrase, or among others that are.

    `before` is the line up to the value, `near` the lines around.
    """
    if not _WORDS.match(value):
        return False
    if _PHRASE_KEY.search(before) or any(byte >= 0x80 for byte in value):
        return True
    return len(_PHRASES.findall(near)) > _FEW_PHRASES

"""What a secret-like name is often given and is no secret: references, labels, what is public by its kind."""

from __future__ import annotations

import re

_HOPELESS = re.compile(
    rb"^(?:\$(?![0-9]|apr1\$|argon2|y\$)|<%|\{\{|%\{|\*+$|\.+$|-+$|_+$|\+ |"
    rb"(?i:true|false|null|none|nil|undefined|yes|no|string|required|optional)$)|\$\{|\$\(|\{\{|<%="
)
# A class of characters with how often it may come, or two in a row: what a validator or another scanner's rule holds.
_EXPRESSION = re.compile(
    rb"\[\^?(?:\\?[^\]\s]){0,24}(?:[Aa]-[FfZz]|0-9|\\[dws])(?:\\?[^\]\s]){0,24}\](?:\{[0-9]|[+*?](?![A-Za-z0-9])|[\[(])"
)
_CUT_SHORT = b"\xe2\x80\xa6"  # an ellipsis: somebody masked it
_PUBLIC_NAMES = re.compile(
    rb"(?i)public_?key_?token|recv-?keys?|known_?hosts|ssh-(?:rsa|dss|ed25519)|(?:sha\d+|md5|check)_?sums?$|"
    rb"integrity|fingerprint|(?:account|user|login|key|file|host|display|secret|token)_?name$|licen[sc]e(?!.?key)"
)
_PUBLIC_VALUES = re.compile(
    rb"(?i)^(?:sha(?:1|224|256|384|512)|md5|h1)[:=-]|^ssh-(?:rsa|dss|ed25519)|^AAAA[BE][23]|"
    # How a public key (SubjectPublicKeyInfo in DER) begins in base64: elliptic curves, RSA of the usual sizes, Ed25519.
    rb"^(?:MFkwEwYHKoZIzj0|MHYwEAYHKoZIzj0|MFwwDQYJKoZIhvc|MIGfMA0GCSqGSIb3|MII[BC]IjANBgkqhkiG9|MCowBQYDK2V)|"
    rb"^-----BEGIN (?:PUBLIC|CERT)|^(?:arn|urn):|^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]|$)"
)
_OWN_NAME = re.compile(rb"(?i)(?:password|passwd|passphrase|secret|token|api[-_ ]?key)$")
_PHRASE_KEY = re.compile(
    rb"[\"'][^\"'\n]{0,100}[A-Za-z] [^\"'\n]{0,100}[\"'][ \t]{0,20}(?:=>|[:=,])[^\"'\n]{0,20}[\"']$"
)
_PHRASES = re.compile(rb"[\"'][A-Z][a-z]+(?: [A-Za-z]+)+[.:?!]?[\"']\s{0,20}(?:=>|:|=)")
_WORDS = re.compile(rb"[A-Za-z \x80-\xff.,:;!?'-]+$")
_FEW_PHRASES = 2


def is_hopeless(value: bytes) -> bool:
    """True for what no context makes a secret: references, templates, marks, the words of a language, patterns."""
    return bool(_HOPELESS.search(value) or (b"[" in value and _EXPRESSION.search(value))) or _CUT_SHORT in value


def is_public(name: bytes, value: bytes) -> bool:
    """True for what is public by its very kind: public keys, hashes of files, dates, names of resources."""
    return bool(_PUBLIC_NAMES.search(name) or _PUBLIC_VALUES.search(value))


def is_own_name(value: bytes) -> bool:
    """True for "password" and the like: mostly what a person writes who means that a password stands here."""
    return bool(_OWN_NAME.match(value))


def is_label(value: bytes, before: bytes, near: bytes) -> bool:
    """True for the translation of a label: words given to a phrase, or among others that are.

    `before` is the line up to the value, `near` the lines around.
    """
    if not _WORDS.match(value):
        return False
    if _PHRASE_KEY.search(before) or any(byte >= 0x80 for byte in value):
        return True
    return len(_PHRASES.findall(near)) > _FEW_PHRASES

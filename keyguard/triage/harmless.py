"""What may look like a secret and is none: what is public by its kind, hashes, words of labels, names of secrets."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64

_PUBLIC_NAMES = re.compile(
    rb"(?i)public_?key_?token|recv-?keys?|known_?hosts|ssh-(?:rsa|dss|ed25519)|(?:sha\d+|md5|check)_?sums?$|"
    rb"pub(?:lic)?[_-]?(?:key|[xy])$|^(?:node|disco|m)key$|integrity|fingerprint|thumb_?print|"
    rb"(?:account|user|login|key|file|host|display|secret|token)_?name$|licen[sc]e(?!.?key)|"
    rb"(?:client|consumer|app(?:lication)?|key|token|credential|authn)[_-]?id(?:entifier|s)?$|signature$|"
    rb"(?:oracle|db)_?sid$|resource_?key$|sec-?websocket-?(?:key|accept)$|e-?mail$|_user$|(?-i:^Sid$)"
)
_PUBLIC_VALUES = re.compile(
    rb"(?i)^(?:sha(?:1|224|256|384|512)|md5|h1)[:=-]|^ssh-(?:rsa|dss|ed25519)|^AAAA[BE][23]|"
    # How a public key (SubjectPublicKeyInfo in DER) begins in base64: elliptic curves, RSA of the usual sizes, Ed25519.
    rb"^(?:MFkwEwYHKoZIzj0|MHYwEAYHKoZIzj0|MFwwDQYJKoZIhvc|MIGfMA0GCSqGSIb3|MII[BC]IjANBgkqhkiG9|MCowBQYDK2V)|"
    # A public key of NATS, the id of a key of Scaleway or of a class, a number, a package with its version, an address.
    rb"^(?-i:[ACNOUX][A-Z2-7]{55}$|SCW[A-Z0-9]{17}$)|^(?:https?://[^@]*|[a-z][a-z0-9+]{1,9}://[^@?]*)$|"
    rb"^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$|"
    rb"^0x[0-9a-f]{1,16}[ul]{0,3}$|^S-1(?:-[0-9]+){2,}$|^[a-z][\w.-]*:[0-9]+\.[0-9]+[\w.-]*$|"
    # What is encrypted: by ejson, SOPS and eyaml, Spring Cloud Config, Vault, and the name of a curve.
    rb"^(?:EJ\[1:|ENC\[|\{cipher\}|vault:v[0-9]+:)|^(?:sec[pt][0-9]{3}[kr][12]|prime256v1|P-?(?:256|384|521))$|"
    rb"^-----BEGIN (?:PUBLIC|CERT)|^(?:arn|urn):|^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ]|$)"
)
_ARCHIVE_KEYS = re.compile(rb"(?i)(?:gpg|pgp|ppa|apt)_?key(?:_?id)?$")
_KEY_ID = re.compile(rb"(?i)(?:0x)?(?:[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{40})$")
_HASHES = re.compile(
    rb"(?:\{[A-Z0-9-]{2,12}\}|[a-z]{2,10}:)?[$!](?:2[abxy]?|argon2id?|argon2i|scrypt|y|5|6)[$!]|"
    rb"(?:pbkdf2|scrypt|bcrypt|argon2)[a-z0-9_]{0,8}\$"
)
_HASH_NAMES = re.compile(
    rb"(?i)hash(?:ed)?$|^hashed|(?:sha-?(?:1|2|224|256|384|512)|md5)(?:$|[_.-])|_last_?(?:four|eight)$|"
    # WordPress calls four of its secrets salts.
    rb"(?<!auth_)(?<!logged_in_)(?<!nonce_)salt$|crypted_?password$"
)
_NO_TOKEN = re.compile(rb"[A-Za-z]+(?: [A-Za-z]+){1,8}$")
_OF_WORDS = re.compile(rb"(?i)pass|pwd|pw$|secret|phrase|pin$")
_OWN_NAME = re.compile(
    rb"(?i)(?:(?:my|your|some|the|an?|test|user|client|auth|access)[-_ ])?(?:secret[-_ ])?"
    rb"(?:p[a4@][s$5]{2}w[o0]rd|passwd|passphrase|secret|token|api[-_ ]?key)$"
)
# The guest of RabbitMQ, who may come from the own machine only, the user of Vagrant's boxes, and a joke.
_KNOWN = re.compile(rb"(?i)(?:guest|vagrant|letmein)$")
_HEX = re.compile(rb"(?:[0-9a-f]+|[0-9A-F]+)$")
_LEAST_HEX = 33
_ODD_KEYS = frozenset((37, 49))  # of Cloudflare and of Wordnik
_TO_BE_FILLED_IN = (b".dist", b".example", b".sample", b".template", b".tmpl")
# Words between figures and signs; what a program made up is mixed.
_OF_A_PERSON = re.compile(rb"[^A-Za-z]*(?:[A-Z]?[a-z]+|[A-Z]+)(?:[^A-Za-z0-9]+(?:[A-Z]?[a-z]+|[A-Z]+)){0,8}[^A-Za-z]*$")
_LONGEST_TYPED = 32
_PAIR = re.compile(rb"[ -9;-~]{0,64}:([ -~]{0,64})")
_ENCODED = re.compile(rb"[A-Za-z0-9+/]{4,160}={0,2}$")
# As passwords of a user in examples; the last is the one of RFC 7617.
_EXAMPLE_PASSWORDS = re.compile(rb"(?i)(?:|pass|pwd|open ?sesame)$")
_ACCOUNT_AND_PASSWORD = re.compile(rb"([a-z]{3,32})[-_]?(?:pass(?:word|wd)?|pwd?)$")
_LEET = bytes.maketrans(b"013457@$", b"oleastas")
_CODE = frozenset(
    b"c cc coffee cpp cs erb go groovy h hpp java js jsx kt m mjs php py rake rb rs scala swift ts tsx vue".split()
)
_REFERENCE = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$")
_IN_TEXT = re.compile(rb"//|/\*|(?:^|\s)(?:\#|\*|--)")
_LOOKED_UP = re.compile(
    rb"(?i)(?:getenv|environ|environ\.get|lookup_?env|env\.(?:get|fetch)|getproperty|getstring|[^a-z]env)"
    rb"[ \t]?[(\[][ \t]?[\"'`]$"
)
_BADGE = re.compile(rb"badge[\w./-]*\?(?:[\w.-]+=[\w.-]*&)*token=$")
_PHRASE_KEY = re.compile(
    rb"[\"'][^\"'\n]{0,100}[A-Za-z] [^\"'\n]{0,100}[\"'][ \t]{0,20}(?:=>|[:=,])[^\"'\n]{0,20}[\"']$"
)
_PHRASES = re.compile(rb"[\"'][A-Z][a-z]+(?: [A-Za-z]+)+[.:?!]?[\"']\s{0,20}(?:=>|:|=)")
_WORDS = re.compile(rb"[A-Za-z \x80-\xff.,:;!?'-]+$")
_TRANSLATIONS = re.compile(rb"(?:^|/)(?:locales?|i18n|l10n|langs?|languages|translations?)/")
_FEW_PHRASES = 2


def is_public(name: bytes, value: bytes) -> bool:
    """True for what is public by its very kind: public keys, hashes of files, dates, names of resources."""
    return bool(
        _PUBLIC_NAMES.search(name)
        or _PUBLIC_VALUES.search(value)
        or (_ARCHIVE_KEYS.search(name) and _KEY_ID.match(value))
    )


def is_own_name(value: bytes) -> bool:
    """True for "password" and the like, bare or as Basic credentials: mostly what a person writes who means that a
    password stands here."""
    if _OWN_NAME.match(value):
        return True
    pair = _PAIR.fullmatch(_decoded(value))
    return bool(pair and (_OWN_NAME.match(pair[1]) or _EXAMPLE_PASSWORDS.match(pair[1])))


def _decoded(value: bytes) -> bytes:
    """What base64 stands for; empty for anything else."""
    if not _ENCODED.match(value):
        return b""
    try:
        return a2b_base64(value)
    except Error:
        return b""


def is_typed(value: bytes) -> bool:
    """True for a long and odd number of hex digits, which encode no bytes: somebody's fingers ran over the keys."""
    size = len(value)
    return size >= _LEAST_HEX and size % 2 == 1 and size not in _ODD_KEYS and _HEX.match(value) is not None


def is_sample(path: bytes, value: bytes) -> bool:
    """True in a file to be copied and filled in, for what a person made up: what a program made may have been left by
    mistake."""
    return path.endswith(_TO_BE_FILLED_IN) and len(value) <= _LONGEST_TYPED and bool(_OF_A_PERSON.match(value))


def is_default(value: bytes, before: bytes, after: bytes) -> bool:
    """True for defaults that everybody knows, and for the name of an account on the same line with the word password
    behind it: what anybody tries first."""
    if _KNOWN.match(value):
        return True
    made = _ACCOUNT_AND_PASSWORD.match(value.lower().translate(_LEET))
    return made is not None and re.search(rb"\b%b\b" % made[1], (before + b" " + after).lower()) is not None


def is_reference(path: bytes, value: bytes, before: bytes, after: bytes) -> bool:
    """True for what code gives to a name by another name or looks up by it, a name in a property list, and what a badge
    shows to everybody."""
    if _LOOKED_UP.search(before) or _BADGE.search(before) or before.endswith(b"\t<key>"):
        return True
    if path.rpartition(b".")[2] not in _CODE or not _REFERENCE.match(value):
        return False
    quoted = any(before.count(quote) % 2 for quote in (b'"', b"'", b"`"))
    is_given = b"." in value or after.lstrip()[:1] in (b",", b")", b";")
    return is_given and not quoted and not _IN_TEXT.search(before)


def is_hash(name: bytes, value: bytes) -> bool:
    """True for the hash of a password or token: it opens nothing by itself."""
    return bool(_HASHES.match(value) or _HASH_NAMES.search(name))


def are_words(name: bytes, value: bytes) -> bool:
    """True for a few words given to a name of what is never made of words: a key, a token."""
    return bool(_NO_TOKEN.match(value)) and not _OF_WORDS.search(name)


def is_label(path: bytes, value: bytes, before: bytes, near: bytes) -> bool:
    """True for the translation of a label: words in a folder of translations, given to a phrase, or among others that
    are.

    `path` is in small letters, `before` the line up to the value, `near` the lines around.
    """
    if not _WORDS.match(value):
        return False
    if _TRANSLATIONS.search(path) or _PHRASE_KEY.search(before) or any(byte >= 0x80 for byte in value):
        return True
    return len(_PHRASES.findall(near)) > _FEW_PHRASES

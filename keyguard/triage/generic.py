"""Values that a secret-like name is often given and that are no secrets: code, words, paths, references."""

from __future__ import annotations

import re

_REFERENCE = re.compile(
    rb"^\$|\$\{|\$\(|\{\{|%\(|<%|^%[A-Za-z_]+%?$|^<[^>]*>?$|^\{[^}]*\}?$|^\[[^\]]*\]?$|^@|^&[A-Za-z]|^#|\(\)|^env[.:\[(]|"
    rb"^(?i:process|os|self|this|config|settings|options|request|req|params|args|props|state|context|ctx|user|"
    rb"data|event|response|res|secrets|vars|var|env|github|inputs|steps|values|local|module|app|std|core|java|org|com)"
    rb"[.:\[(]|->|=>|::[a-zA-Z_]|\\[()dws]|^[!=]=|\.\.\.$"
)
_PATH = re.compile(
    rb"^(?:\.{0,2}/|~/|[A-Za-z]:\\)[\w./\\ -]*$|^[\w-]+(?:/[\w.-]+){2,}$|^(?:https?|file|s3|gs)://[^@]*$|^(?:urn|arn):"
)
_FILE = re.compile(
    rb"(?i)^[\w./@ -]+\.(?:py|js|tsx?|go|rb|java|[ch]|txt|pem|key|crt|pfx|p12|json|ya?ml|toml|ini|cfg|conf|xml|html?|"
    rb"css|md|sh|env|lock|jpe?g|png|gif|svg|ico|pdf|csv|zip|[jw]ar|tar|t?gz)$"
)
_DATE = re.compile(rb"^\d{4}-\d\d-\d\d(?:[T ]|$)")
_UUID = re.compile(rb"(?i)^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$")
_WORDS_ONLY = re.compile(rb"^[A-Za-z]+(?:[-_. :/][A-Za-z]+)*[.:,;!?]?$")
_IDENTIFIER = re.compile(
    rb"^[a-z]+(?:[A-Z][a-z0-9]+)+$|^[A-Za-z][a-z0-9]*(?:_[a-zA-Z0-9]+)+$|^[A-Z0-9]+(?:_[A-Z0-9]+)+$|"
    rb"^[A-Z][a-z]+(?:[A-Z0-9][a-z]+){2,}$"
)
_DOTTED = re.compile(rb"^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+(?:[/#:][\w./#-]*)?$")
_CALL = re.compile(rb"^[A-Za-z_][\w.]*[(\[]")
_NAMED = re.compile(
    rb"(?i)^(?:test|my|the|new|old|user|db|admin|root|some|no|a)?[-_ ]?"
    rb"(?:pass(?:word|wd|phrase)?|secret|token|key|api[-_]?key|credentials?|auth)[-_ ]?\d{0,3}$"
)
_SPACES_OF_PROSE = 2
_SHAPES = (_REFERENCE, _PATH, _FILE, _DATE, _UUID, _DOTTED, _CALL, _NAMED)


def is_ordinary(value: bytes) -> bool:
    """True where a value given to a secret-like name is a reference, a path, a name, prose or plain words."""
    return any(shape.search(value) for shape in _SHAPES) or _is_words(value) or _is_prose(value)


def _is_words(value: bytes) -> bool:
    """Words and identifiers: letters alone, joined by the usual signs, without the mix of a random value."""
    if _WORDS_ONLY.match(value):
        return True
    return bool(_IDENTIFIER.match(value)) and sum(0x30 <= byte <= 0x39 for byte in value) * 5 < len(value)


def _is_prose(value: bytes) -> bool:
    """Text in another script (a translation of the label "password"), or a sentence."""
    if sum(byte >= 0x80 for byte in value) * 2 > len(value):
        return True
    letters = sum(byte in b" .,;:!?'-" or chr(byte).isalpha() for byte in value)
    return value.count(b" ") >= _SPACES_OF_PROSE and letters * 10 > 9 * len(value)

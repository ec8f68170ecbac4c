"""Values that stand for a secret in documentation and templates, whatever the rule."""

from __future__ import annotations

import re

_WORDS = re.compile(
    rb"EXAMPLE|(?i:example[-_.]|[-_.]example|^example|placeholder|change[-_ ]?me(?![a-z])|dummy[-_]|[-_]dummy|^dummy|"
    rb"your[-_ ]?(?:own|api|key|secret|token|password|access)|redacted|replace[-_ ](?:me|this|with)|insert[-_ ]your|"
    rb"put[-_ ]your|^to[-_ ]be[-_ ]|fake[-_](?:key|token|secret|pass)|"
    rb"not[-_ ]?an?[-_ ]?(?:real[-_ ]?)?(?:secret|password|key|token))|x{5,}|X{5,}|\*{4}|\.{4}|____"
)
_RUN = re.compile(rb"(?i)(\S)\1{6,}")
_SEQUENCES = (
    b"0123456789012345",
    b"1234567890abcdef",
    b"0123456789abcdef",
    b"abcdefghijklmnop",
    b"deadbeefdeadbeef",
    b"1234567812345678",
    b"qwertyuiopasdf",
    b"a1b2c3d4e5f6",
    b"1a2b3c4d5e6f",
)
_FEW = 4
_LONG = 200  # in so much base64 there are runs of zeros: in every OpenSSH key without a passphrase, for one


def is_placeholder(value: bytes) -> bool:
    """True for values with words like EXAMPLE or YOUR_KEY, long runs, counted-up sequences, or hardly any letters."""
    if _WORDS.search(value) or (len(value) < _LONG and _RUN.search(value)):
        return True
    lowered = value.lower()
    if len(value) >= 12 and len(set(lowered)) <= _FEW:
        return True
    return any(sequence in lowered for sequence in _SEQUENCES) or _is_repeated(lowered)


def _is_repeated(value: bytes) -> bool:
    """True where the value is one short block over and over."""
    return any(len(value) >= 3 * size and value == (value[:size] * len(value))[: len(value)] for size in range(1, 9))

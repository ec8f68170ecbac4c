"""Secrets in every encoding that is decoded, and random versions of files that hold them."""

from __future__ import annotations

import gzip
import random
from base64 import b64encode, encodebytes, urlsafe_b64encode
from typing import TYPE_CHECKING

from tests.secrets import made_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": lambda text: b"data: " + b64encode(text),
    "base64-url": lambda text: b'"' + urlsafe_b64encode(b"<<???>>> " + text).rstrip(b"=") + b'"',
    "base64-mid": lambda text: b"x=" + b64encode(b"some words before it, " + text + b" and some behind"),
    "base64-lines": lambda text: b"|\n" + encodebytes(b"HOST=localhost\nPORT=1234\n" * 6 + text + b"\nX=1\n" * 30),
    "base64-indented": lambda text: b"".join(
        b"    " + line + b"\n" for line in encodebytes(b"a: b\n" * 30 + text + b"\n").splitlines()
    ),
    "base64-twice": lambda text: b"k='" + b64encode(b64encode(b"the value: " + text)) + b"'",
    "base64-utf-16": lambda text: b"-enc " + b64encode(("$x = '" + text.decode() + "'").encode("utf-16-le")),
    "gzip": lambda text: b"release: " + b64encode(gzip.compress(b"name: x\n" * 50 + text, mtime=0)),
    "gzip-twice": lambda text: b"release: " + b64encode(b64encode(gzip.compress(b"name: x\n" * 9 + text, mtime=0))),
    "hex": lambda text: b'h = "' + (b"token " + text).hex().encode() + b'"',
    "hex-upper": lambda text: b"h = 0x" + text.hex().upper().encode(),
    "percent": lambda text: b"/?q=" + b"".join(b"%%%02X" % byte for byte in text) + b"&r=1",
    "unicode": lambda text: b'{"a": "' + b"".join(b"\\u%04x" % byte for byte in text) + b'"}',
    "backslash-x": lambda text: b'char *s = "' + b"".join(b"\\x%02x" % byte for byte in text) + b'";',
    "pieces": lambda text: b'token = "' + text[:9] + b'" + "' + text[9:] + b'";',
    "pieces-lines": lambda text: (
        b'secret = (\n    "' + text[:9] + b'"\n    "' + text[9:20] + b'"\n    "' + text[20:] + b'"\n)'
    ),
    "pieces-continued": lambda text: b"api_key=" + text[:12] + b"\\\n  " + text[12:],
    "base64-in-json": lambda text: (
        b'{"a": "' + b64encode(b'{"token": "' + text + b'"}').replace(b"=", b"\\u003d") + b'"}'
    ),
}


def token(seed: int = 1) -> bytes:
    return made_up("github", "github-personal-token", seed).secrets[0]


def versions(rng: random.Random, count: int) -> Iterator[bytes]:
    """Contents of one file, each edited from the one before."""
    text = b"".join(_fragment(rng) for _ in range(12))
    for _ in range(count):
        yield text
        for _ in range(rng.randint(1, 4)):
            text = _edited(rng, text)


def _edited(rng: random.Random, text: bytes) -> bytes:
    low = rng.randint(0, len(text))
    high = min(len(text), low + rng.choice((0, 0, 1, 4, 60, 2000)))
    if rng.random() < 0.3:
        low, high = text.rfind(b"\n", 0, low) + 1, text.find(b"\n", high) + 1 or len(text)
    fate = rng.random()
    if fate < 0.5:
        return text[:low] + _fragment(rng) + text[high:]
    if fate < 0.7:
        return text[:low] + text[high:]
    if fate < 0.85:
        return text[:low] + text[high : high + 3000] + text[low:]
    return text[:low] + rng.choice((b"A", b"=", b"\n", b"%41", b"  ", b"Zm9v", b'"')) + text[low:]


def _fragment(rng: random.Random) -> bytes:
    kind = rng.random()
    if kind < 0.4:
        text = b" ".join(rng.choices((b"the", b"word", b"x = 1;", b"\tif (a)", b"path/to/thing", b"ab" * 30), k=9))
    elif kind < 0.5:
        text = b64encode(rng.randbytes(rng.randint(1, 300)))
    elif kind < 0.53:
        text = b64encode(b"a long text with one token in it " * 1200 + token(rng.randint(1, 9)) + b" more" * 500)
    elif kind < 0.56:
        text = encodebytes(b"many lines of text, with a token\n" * 500 + token(rng.randint(1, 9)) + b"\nmore\n" * 300)
    else:
        text = ENCODERS[rng.choice(list(ENCODERS))](rng.choice((b"", b"t: ")) + token(rng.randint(1, 9)))
    return text + rng.choice((b"\n", b"\n", b"\n\n", b" ", b""))

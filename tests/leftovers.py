"""Looks for values in everything that a run left on disk: as they are, encoded, compressed, or in a database."""

from __future__ import annotations

import re
import sqlite3
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote_plus

# Where zlib, gzip or a git object may begin (RFC 1950, RFC 1952).
_COMPRESSED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_MOST = 1 << 24


def holders(values: Iterable[str], *folders: Path) -> list[str]:
    """Files below the folders that hold one of the values in any of these forms."""
    wanted = re.compile(b"|".join(re.escape(form) for value in values for form in set(_forms(value.encode()))))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path) for path in files if any(wanted.search(view) for view in _views(path)))


def _forms(value: bytes) -> Iterator[bytes]:
    yield value
    yield value.hex().encode()
    yield quote_plus(value.decode()).encode()
    for shift in range(3):  # the ends depend on what stands beside it
        yield b64encode(b"x" * shift + value)[4 if shift else 0 : -4]


def _views(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    for match in _COMPRESSED.finditer(data):
        try:
            yield zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(data[match.start() :], _MOST)
        except zlib.error:
            continue
    if data.startswith(b"SQLite format 3\0"):  # a long text is in pieces there
        with closing(sqlite3.connect(path)) as database:
            yield "\n".join(database.iterdump()).encode()

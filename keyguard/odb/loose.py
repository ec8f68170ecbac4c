"""Loose objects: one zlib file each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from keyguard.odb.inflate import inflate, inflate_head

_FOLDER = re.compile(r"[0-9a-f]{2}")
_REST = re.compile(r"[0-9a-f]{38}|[0-9a-f]{62}")
_LONGEST_HEADER = 64


class LooseObject(NamedTuple):
    """`content` is None where the object is over the limit."""

    kind: str
    size: int
    content: bytes | None


def list_loose(folder: Path) -> list[tuple[str, Path]]:
    """Names and paths of all loose objects below an objects folder."""
    found: list[tuple[str, Path]] = []
    for part in sorted(folder.iterdir()) if folder.is_dir() else ():
        if _FOLDER.fullmatch(part.name) and part.is_dir():
            found += [(part.name + file.name, file) for file in sorted(part.iterdir()) if _REST.fullmatch(file.name)]
    return found


def read_loose(path: Path, limit: int) -> LooseObject:
    """Reads one loose object. Raises ValueError where it is broken, OSError where it cannot be read."""
    packed = path.read_bytes()
    head = inflate_head(packed, _LONGEST_HEADER)
    header, nul, _ = head.partition(b"\0")
    kind, _, digits = header.partition(b" ")
    if not nul or not digits.isdigit() or kind not in (b"blob", b"tree", b"commit", b"tag"):
        raise ValueError("its header is not that of an object")
    size = int(digits)
    if size > limit:
        return LooseObject(kind.decode(), size, None)
    whole = inflate(packed, len(header) + 1 + size)
    return LooseObject(kind.decode(), size, whole[len(header) + 1 :])

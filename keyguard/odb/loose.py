"""Loose objects: one zlib file each."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from keyguard.model import Skip
from keyguard.odb.inflate import inflate, inflate_head

_FOLDER = re.compile(r"[0-9a-f]{2}")
_REST = re.compile(r"[0-9a-f]+")
_LONGEST_HEADER = 64
_HEAD = 4096


class LooseObject(NamedTuple):
    """`content` is None where the object is over the limit."""

    kind: str
    size: int
    content: bytes | None


def list_loose(folder: Path, hash_size: int, broken: list[Skip]) -> list[tuple[str, Path]]:
    """Names and paths of all loose objects below an objects folder; what cannot be listed goes to `broken`."""
    found: list[tuple[str, Path]] = []
    for part in _listed(folder, broken):
        if _FOLDER.fullmatch(part.name):
            for file in _listed(folder / part.name, broken):
                if len(file.name) != 2 * hash_size - 2 or not _REST.fullmatch(file.name):
                    continue
                if is_file(file):
                    found.append((part.name + file.name, Path(file.path)))
                else:
                    broken.append(Skip(file.path, "it is not a file"))
    return found


def is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it can be opened without surprise: opening a pipe would never end."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _listed(folder: Path, broken: list[Skip]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        broken.append(Skip(str(folder), error.strerror or str(error)))
        return []


def read_loose(path: Path, limit: int) -> LooseObject:
    """Reads one loose object. Raises ValueError where it is broken, OSError where it cannot be read."""
    with open(path, "rb") as file:
        packed = file.read(_HEAD)
        head = inflate_head(packed, _LONGEST_HEADER)
        header, nul, _ = head.partition(b"\0")
        kind, _, digits = header.partition(b" ")
        if not nul or not digits.isdigit() or kind not in (b"blob", b"tree", b"commit", b"tag"):
            raise ValueError("its header is not that of an object")
        size = int(digits)
        if size > limit:
            return LooseObject(kind.decode(), size, None)
        packed += file.read()
    whole = inflate(packed, len(header) + 1 + size)
    return LooseObject(kind.decode(), size, whole[len(header) + 1 :])

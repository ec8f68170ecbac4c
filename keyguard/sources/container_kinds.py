"""Tells by their first bytes the files that hold other files: archives, compressed files, databases."""

from __future__ import annotations

from typing import Final

HEAD: Final = 512
SEPARATOR: Final = b"!"
ZIP, GZIP, BZIP2, XZ, ZSTD, SEVEN_ZIP, SQLITE, TAR = (
    "zip",
    "gzip",
    "bzip2",
    "xz",
    "zstd",
    "7z",
    "sqlite",
    "tar",
)
_MAGICS: Final = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b\x08", GZIP),
    (b"BZh", BZIP2),
    (b"\xfd7zXZ\0", XZ),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"SQLite format 3\0", SQLITE),
)
_FIRST: Final = frozenset(magic[0] for magic, _ in _MAGICS)
_BLOCK: Final = b"1AY&SY"  # what a bzip2 stream goes on with, or its end
_BLOCK_END: Final = b"\x17\x72\x45\x38\x50\x90"
_TAR_MAGIC: Final = slice(257, 262)


def kind_of(head: bytes) -> str:
    """The kind of container, from the first `HEAD` bytes of a file; empty for none."""
    if head[_TAR_MAGIC] == b"ustar":
        return TAR
    if not head or head[0] not in _FIRST:
        return ""
    kind = next((kind for magic, kind in _MAGICS if head.startswith(magic)), "")
    if kind == BZIP2 and head[4:10] not in (_BLOCK, _BLOCK_END):
        return ""
    return kind

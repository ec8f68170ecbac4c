"""Packs, indexes and deltas made by hand, right or wrong."""

from __future__ import annotations

import hashlib
import zlib
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMMIT, TREE, BLOB, TAG, OFFSET_DELTA, NAME_DELTA = 1, 2, 3, 4, 6, 7
KINDS = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob", TAG: b"tag"}


class Stored(NamedTuple):
    """One object of a pack. `base`: the place of a delta's base in the list. `size` and `packed`: lies, where given."""

    name: bytes
    kind: int
    payload: bytes
    base: int = -1
    size: int = -1
    packed: bytes = b""


def varint(number: int) -> bytes:
    """A size as deltas have it: seven bits a byte, lowest first."""
    low, number = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(number) if number else bytes([low])


def copy(start: int, length: int) -> bytes:
    """A copy run; `length` 0x10000 is written as none."""
    parts = [(start >> 8 * byte & 255, 1 << byte) for byte in range(4)]
    parts += [
        (length % 0x10000 >> 8 * byte & 255 if length == 0x10000 else length >> 8 * byte & 255, 16 << byte)
        for byte in range(3)
    ]
    head = 0x80 | sum(bit for value, bit in parts if value)
    return bytes([head, *(value for value, _ in parts if value)])


def insert(data: bytes) -> bytes:
    """Literal bytes, at most 127 an instruction."""
    return b"".join(bytes([len(data[at : at + 127])]) + data[at : at + 127] for at in range(0, len(data), 127))


def delta(base_size: int, size: int, *instructions: bytes) -> bytes:
    return varint(base_size) + varint(size) + b"".join(instructions)


def name_of(kind: int, content: bytes, algorithm: str = "sha1") -> bytes:
    return hashlib.new(algorithm, b"%s %d\0" % (KINDS[kind], len(content)) + content).digest()


def blob(content: bytes) -> Stored:
    return Stored(name_of(BLOB, content), BLOB, content)


def write_pack(folder: Path, objects: Sequence[Stored], *, name: str = "crafted") -> Path:
    """Writes a pack and its index, version 2; gives the path of the pack."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pack-{name}.pack"
    data = b"PACK" + (2).to_bytes(4, "big") + len(objects).to_bytes(4, "big")
    offsets = []
    for each in objects:
        offsets.append(len(data))
        data += _entry(each, objects, offsets)
    data += hashlib.sha1(data).digest()
    ends = [*offsets[1:], len(data) - 20]
    rows = [(each.name, offset, zlib.crc32(data[offset:end])) for each, offset, end in zip(objects, offsets, ends)]
    path.write_bytes(data)
    path.with_suffix(".idx").write_bytes(index(rows, data[-20:]))
    return path


def _entry(each: Stored, objects: Sequence[Stored], offsets: Sequence[int]) -> bytes:
    packed = each.packed or zlib.compress(each.payload)
    size = len(each.payload) if each.size < 0 else each.size
    base = b""
    if each.kind == NAME_DELTA:
        base = objects[each.base].name
    elif each.kind == OFFSET_DELTA:
        base = _distance(offsets[-1] - offsets[each.base])
    return _header(each.kind, size) + base + packed


def _header(kind: int, size: int) -> bytes:
    first, size = kind << 4 | size & 15, size >> 4
    return bytes([first | 0x80]) + varint(size) if size else bytes([first])


def _distance(back: int) -> bytes:
    parts = [back & 0x7F]
    while back := back >> 7:
        back -= 1
        parts.append(back & 0x7F | 0x80)
    return bytes(reversed(parts))


def index(rows: Sequence[tuple[bytes, int, int]], pack_checksum: bytes) -> bytes:
    """A version 2 index of names, offsets and CRCs; offsets from 2 GiB on go to the second table."""
    rows = sorted(rows)
    data = b"\xfftOc" + (2).to_bytes(4, "big") + fanout([name for name, _, _ in rows])
    data += b"".join(name for name, _, _ in rows)
    data += b"".join(crc.to_bytes(4, "big") for _, _, crc in rows)
    large = [offset for _, offset, _ in rows if offset >= 1 << 31]
    for _, offset, _ in rows:
        data += (1 << 31 | large.index(offset) if offset in large else offset).to_bytes(4, "big")
    data += b"".join(offset.to_bytes(8, "big") for offset in large) + pack_checksum
    return data + hashlib.new("sha1" if len(pack_checksum) == 20 else "sha256", data).digest()


def index1(rows: Sequence[tuple[bytes, int]], pack_checksum: bytes) -> bytes:
    """A version 1 index."""
    rows = sorted(rows)
    data = fanout([name for name, _ in rows]) + b"".join(offset.to_bytes(4, "big") + name for name, offset in rows)
    data += pack_checksum
    return data + hashlib.sha1(data).digest()


def fanout(names: Sequence[bytes]) -> bytes:
    return b"".join(sum(name[0] <= byte for name in names).to_bytes(4, "big") for byte in range(256))


def planned(payloads: Sequence[bytes], *steps: tuple[int, int]) -> tuple[bytes, bytes]:
    """Payloads and plan as a stride wants them, from the depth and the flags of each."""
    ends = accumulate(map(len, payloads))
    plan = [value for (depth, flags), end in zip(steps, ends, strict=True) for value in (depth, flags, end)]
    return b"".join(payloads), array("i", plan).tobytes()

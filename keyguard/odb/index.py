"""Pack index files, versions 1 and 2 (git's gitformat-pack)."""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keyguard.errors import ObjectError

_MAGIC = b"\xfftOc"
_FANOUT = 256 * 4


class Index(NamedTuple):
    """Objects in name order: `names` (n, hash size) bytes, `offsets` in the pack, `crcs` (None in version 1).

    `pack_checksum` is what the pack must end with; `sound` tells whether the index matches its own checksum.
    """

    names: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    crcs: npt.NDArray[np.uint32] | None
    pack_checksum: bytes
    sound: bool


def read_index(path: Path, hash_size: int) -> Index:
    """Reads a whole index. Raises ObjectError where it is not one, or is cut short."""
    try:
        with open(path, "rb") as file:
            data = np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), dtype=np.uint8)
        index = _version2(data, hash_size) if bytes(data[:4]) == _MAGIC else _version1(data, hash_size)
    except OSError as error:
        raise ObjectError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise ObjectError(f"{path}: the pack index is broken: {error}", "run: git fsck") from None
    return index


def digest(data: bytes | memoryview, hash_size: int) -> bytes:
    """The checksum that the files of a repository with object names of this size end with."""
    return (hashlib.sha1(data, usedforsecurity=False) if hash_size == 20 else hashlib.sha256(data)).digest()


def _count(data: npt.NDArray[np.uint8], start: int) -> int:
    fanout = data[start : start + _FANOUT]
    if len(fanout) < _FANOUT:
        raise ValueError("it is cut short")
    totals = fanout.view(">u4")
    if np.any(totals[1:] < totals[:-1]):
        raise ValueError("its fan-out table is not in order")
    return int(totals[-1])


def _index(
    data: npt.NDArray[np.uint8],
    hash_size: int,
    names: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    crcs: npt.NDArray[np.uint32] | None,
) -> Index:
    """`data` ends with the checksum of the pack, and its own."""
    sound = digest(data[:-hash_size].data, hash_size) == data[-hash_size:].tobytes()
    return Index(names, offsets, crcs, data[-2 * hash_size : -hash_size].tobytes(), sound)


def _version1(data: npt.NDArray[np.uint8], hash_size: int) -> Index:
    count = _count(data, 0)
    row = 4 + hash_size
    if len(data) < _FANOUT + count * row + 2 * hash_size:
        raise ValueError("it is cut short")
    rows = data[_FANOUT : _FANOUT + count * row].reshape(count, row)
    offsets = np.ascontiguousarray(rows[:, :4]).view(">u4").reshape(count).astype(np.int64)
    return _index(data, hash_size, rows[:, 4:], offsets, None)


def _version2(data: npt.NDArray[np.uint8], hash_size: int) -> Index:
    count = _count(data, 8)
    if int(data[4:8].view(">u4")[0]) != 2:
        raise ValueError("its version is unknown")
    at = 8 + _FANOUT
    ends = [at + count * hash_size, at + count * (hash_size + 4), at + count * (hash_size + 8)]
    tables = len(data) - 2 * hash_size
    if tables < ends[-1]:
        raise ValueError("it is cut short")
    names = data[at : ends[0]].reshape(count, hash_size)
    crcs = data[ends[0] : ends[1]].view(">u4").astype(np.uint32)
    offsets = data[ends[1] : ends[2]].view(">u4").astype(np.int64)
    large = np.flatnonzero(offsets >= 1 << 31)
    if len(large):
        table = data[ends[2] : tables - (tables - ends[2]) % 8].view(">u8").astype(np.int64)
        places = offsets[large] - (1 << 31)
        if places.max() >= len(table):
            raise ValueError("its table of large offsets is cut short")
        offsets[large] = table[places]
    return _index(data, hash_size, names, offsets, crcs)

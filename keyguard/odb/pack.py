"""One pack: where each object lies, what it is, and which it is a delta of."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from keyguard.errors import ObjectError
from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.index import read_index
from keyguard.odb.inflate import checksum, inflate

COMMIT, TREE, BLOB, TAG, OFFSET_DELTA, NAME_DELTA = 1, 2, 3, 4, 6, 7
KIND_NAMES = {COMMIT: "commit", TREE: "tree", BLOB: "blob", TAG: "tag"}
WHOLE, LOST = -1, -2

Ints = npt.NDArray[np.int64]


class Pack:
    """A mapped pack. Objects are numbered in pack order; the arrays are parallel, one entry an object.

    `names` (n, hash size); `starts` and `ends` of the zlib streams; `sizes` that the headers declare (of the delta, for
    a delta); `kinds` 1 to 7 as stored; `bases`: the number of the delta base, WHOLE, or LOST where there is none.
    """

    def __init__(self, path: Path, hash_size: int) -> None:
        index = read_index(path.with_suffix(".idx"), hash_size)
        self.path = path
        self.data = _map(path)
        self._view = memoryview(self.data)
        order = np.argsort(index.offsets, kind="stable")
        self.names = np.ascontiguousarray(index.names[order])
        self.offsets: Ints = index.offsets[order]
        self.crcs = None if index.crcs is None else index.crcs[order]
        self._sorted_keys = name_keys(index.names)
        self._numbers = np.argsort(order)
        self.ends: Ints = np.append(self.offsets[1:], len(self.data) - hash_size)
        self._check(hash_size)
        self._read_headers()

    def _check(self, hash_size: int) -> None:
        if self.data[:4] != b"PACK" or int.from_bytes(self.data[4:8], "big") not in (2, 3):
            raise ObjectError(f"{self.path}: not a pack", "run: git fsck")
        bad = (self.offsets < 12) | (self.offsets >= len(self.data) - hash_size) | (self.ends <= self.offsets)
        self.outside = np.flatnonzero(bad)
        self.offsets[bad] = 12
        self.ends[bad] = 12

    def __len__(self) -> int:
        return len(self.offsets)

    def find(self, keys: npt.NDArray[np.uint64]) -> Ints:
        """Numbers of the objects whose names begin with these keys, -1 where there is none."""
        places = np.searchsorted(self._sorted_keys, keys)
        places[places == len(self._sorted_keys)] = 0
        if not len(self._sorted_keys):
            return np.full(len(keys), -1, np.int64)
        return np.where(self._sorted_keys[places] == keys, self._numbers[places], -1)

    def among(self, names: list[str]) -> list[str]:
        """Those of the object names (hex) that this pack holds."""
        raw = b"".join(bytes.fromhex(name) for name in names)
        found = self.find(name_keys(np.frombuffer(raw, np.uint8).reshape(len(names), self.names.shape[1])))
        return [name for name, number in zip(names, found.tolist()) if number >= 0 and self.name(number) == name]

    def _read_headers(self) -> None:
        data = np.frombuffer(self.data, dtype=np.uint8)
        last = len(data) - 1
        at = self.offsets.copy()
        byte = data[at].astype(np.int64)
        at += 1
        self.kinds = ((byte >> 4) & 7).astype(np.uint8)
        self.sizes: Ints = byte & 15
        more = np.flatnonzero(byte & 0x80)
        for shift in range(4, 60, 7):
            if not len(more):
                break
            byte = data[np.minimum(at[more], last)].astype(np.int64)
            self.sizes[more] |= (byte & 0x7F) << shift
            at[more] += 1
            more = more[(byte & 0x80) != 0]
        self.bases: Ints = np.full(len(at), WHOLE, np.int64)
        self._offset_bases(data, at, last)
        self._name_bases(data, at)
        self.bases[~np.isin(self.kinds, (COMMIT, TREE, BLOB, TAG, OFFSET_DELTA, NAME_DELTA))] = LOST
        self.bases[self.outside] = LOST
        self.starts: Ints = np.minimum(at, self.ends)

    def _offset_bases(self, data: npt.NDArray[np.uint8], at: Ints, last: int) -> None:
        deltas = np.flatnonzero(self.kinds == OFFSET_DELTA)
        byte = data[np.minimum(at[deltas], last)].astype(np.int64)
        back = byte & 0x7F
        at[deltas] += 1
        more = np.flatnonzero(byte & 0x80)
        for _ in range(9):
            if not len(more):
                break
            byte = data[np.minimum(at[deltas[more]], last)].astype(np.int64)
            back[more] = ((back[more] + 1) << 7) | (byte & 0x7F)
            at[deltas[more]] += 1
            more = more[(byte & 0x80) != 0]
        wanted = self.offsets[deltas] - back
        found = np.minimum(np.searchsorted(self.offsets, wanted), len(self.offsets) - 1)
        self.bases[deltas] = np.where(self.offsets[found] == wanted, found, LOST)

    def _name_bases(self, data: npt.NDArray[np.uint8], at: Ints) -> None:
        deltas = np.flatnonzero(self.kinds == NAME_DELTA)
        if not len(deltas):
            return
        hash_size = self.names.shape[1]
        places = np.minimum(at[deltas, None] + np.arange(hash_size), len(data) - 1)
        found = self.find(name_keys(data[places]))
        self.bases[deltas] = np.where(found >= 0, found, LOST)
        at[deltas] += hash_size

    def payloads(self, numbers: Ints, limit: int, *, checked: bool = True) -> Iterator[bytes | ValueError]:
        """The inflated streams of objects: content, or delta. A ValueError stands for one that is broken or over `limit`.

        `checked` False leaves the checksums out, for objects that were read before.
        """
        columns = (self.offsets, self.starts, self.ends, self.sizes, self.bases)
        crcs = self.crcs[numbers].tolist() if checked and self.crcs is not None else [None] * len(numbers)
        view = self._view
        for offset, start, end, size, base, crc in zip(*(column[numbers].tolist() for column in columns), crcs):
            if base == LOST:
                yield ValueError("its delta base is not in the pack, or its header is broken")
            elif crc is not None and checksum(view[offset:end]) != crc:
                yield ValueError("its packed bytes do not match their checksum")
            elif size > limit:
                yield ValueError(TOO_LARGE)
            else:
                try:
                    yield inflate(view[start:end], size)
                except ValueError as error:
                    yield error

    def payload(self, number: int, limit: int = 1 << 31) -> bytes:
        """The inflated stream of one object. Raises ValueError where it is broken or over `limit`."""
        found = next(self.payloads(np.array([number]), limit))
        if isinstance(found, ValueError):
            raise found
        return found

    def name(self, number: int) -> str:
        return self.names[number].tobytes().hex()


def name_keys(names: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """The first 8 bytes of each object name as a number: sorts like the name, and all but tells it."""
    return np.ascontiguousarray(names[:, :8]).view(">u8").reshape(len(names)).astype(np.uint64)


def _map(path: Path) -> mmap.mmap:
    try:
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ObjectError(f"{path}: {getattr(error, 'strerror', None) or error}") from None

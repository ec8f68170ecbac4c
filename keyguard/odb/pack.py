"""One pack: where each object lies, what it is, and which it is a delta of."""

from __future__ import annotations

import mmap
import re
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from keyguard.errors import ObjectError
from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.index import Index, digest, read_index
from keyguard.odb.inflate import PACKED, inflate, inflate_many

COMMIT, TREE, BLOB, TAG, OFFSET_DELTA, NAME_DELTA = 1, 2, 3, 4, 6, 7
KIND_NAMES = {COMMIT: "commit", TREE: "tree", BLOB: "blob", TAG: "tag"}
WHOLE, LOST = -1, -2
_IS_KIND = np.isin(np.arange(8), (*KIND_NAMES, OFFSET_DELTA, NAME_DELTA))
_VARINT = 10
_HEX = re.compile("[0-9a-f]*")
_BLOCK = 1 << 14
_HEADER = 12

Ints = npt.NDArray[np.int64]


class Payloads(NamedTuple):
    """The inflated streams of some objects, contents or deltas: one after another in `data`, and where each ends.

    `wrong` says of those that cannot be read, by their place, why; they are empty.
    """

    data: bytes
    ends: Ints
    wrong: dict[int, ValueError]

    def payload(self, place: int) -> bytes:
        """One of them. Raises ValueError where it is wrong."""
        if place in self.wrong:
            raise self.wrong[place]
        return self.data[self.ends[place - 1] if place else 0 : self.ends[place]]

    def split(self) -> list[bytes]:
        """Each on its own."""
        ends = self.ends.tolist()
        return [self.data[start:end] for start, end in zip([0, *ends], ends)]

    def cut(self, start: int, stop: int) -> Payloads:
        """Those of some places, none of which is wrong."""
        before = self.ends[start - 1] if start else 0
        return Payloads(self.data[before : self.ends[stop - 1]], self.ends[start:stop] - before, {})


class Pack:
    """A mapped pack. Objects are numbered in pack order; the arrays are parallel, one entry an object.

    `names` (n, hash size); `starts` and `ends` of the zlib streams; `sizes` that the headers declare (of the delta, for
    a delta); `kinds` 1 to 7 as stored; `bases`: the number of the delta base, WHOLE, or LOST where there is none.
    `damage`: what is wrong with the pack or its index as a whole, so that what they say cannot be trusted.
    """

    def __init__(self, path: Path, hash_size: int) -> None:
        index = read_index(path.with_suffix(".idx"), hash_size)
        self.path = path
        self.data = _map(path)
        self._view = memoryview(self.data)
        order = np.argsort(index.offsets)
        self.names = np.ascontiguousarray(index.names[order])
        self.offsets: Ints = index.offsets[order]
        self.crcs = None if index.crcs is None else index.crcs[order]
        self._sorted_keys = name_keys(index.names)
        self._numbers = np.empty_like(order)
        self._numbers[order] = np.arange(len(order))
        if (self._sorted_keys[1:] < self._sorted_keys[:-1]).any():  # the index is damaged
            by_name = np.argsort(self._sorted_keys, kind="stable")
            self._sorted_keys, self._numbers = self._sorted_keys[by_name], self._numbers[by_name]
        end = len(self.data) - hash_size
        self.ends: Ints = np.minimum(np.append(self.offsets, end)[1:], end)
        if self.data[:4] != b"PACK" or int.from_bytes(self.data[4:8], "big") not in (2, 3):
            raise ObjectError(f"{path}: not a pack", "run: git fsck")
        if len(self.data) < _HEADER + hash_size:
            raise ObjectError(f"{path}: the pack is cut short", "run: git fsck")
        self.damage = self._check(index, hash_size)
        inside = (self.offsets >= _HEADER) & (self.offsets < end)
        self._outside = ~inside | (self.ends <= self.offsets)
        self._read_headers()

    def __reduce__(self) -> tuple[type[Pack], tuple[Path, int]]:
        """For worker processes that cannot be forked: they map the file themselves."""
        return Pack, (self.path, self.names.shape[1])

    def _check(self, index: Index, hash_size: int) -> list[str]:
        found = []
        if not index.sound:
            found.append("the pack index does not match its own checksum")
        if int.from_bytes(self.data[8:_HEADER], "big") != len(self):
            found.append("the pack and its index disagree on how many objects there are")
        checksum = self.data[-hash_size:]
        if checksum != index.pack_checksum:
            found.append("the pack does not end with the checksum that its index has for it")
        # With version 1 there is no checksum for each object, so all of the pack has to be read.
        if index.crcs is None and digest(self._view[:-hash_size], hash_size) != checksum:
            found.append("the pack does not match its own checksum")
        return found

    def __len__(self) -> int:
        return len(self.offsets)

    def find(self, keys: npt.NDArray[np.uint64]) -> Ints:
        """Numbers of the objects whose names begin with these keys, -1 where there is none."""
        places = np.searchsorted(self._sorted_keys, keys)
        places[places == len(self._sorted_keys)] = 0
        if not len(self._sorted_keys):
            return np.full(len(keys), -1, np.int64)
        return np.where(self._sorted_keys[places] == keys, self._numbers[places], -1)

    def number_of(self, name: str) -> int:
        """The number of an object by its name (hex), -1 where the pack does not hold it."""
        number = int(self.find(np.array([int(name[:16], 16)], np.uint64))[0])
        return number if number >= 0 and self.name(number) == name else -1

    def release(self) -> None:
        """Lets the system take back the pages that were read; they stay in its file cache."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self.data.madvise(mmap.MADV_DONTNEED)

    def among(self, names: list[str]) -> list[str]:
        """Those of the object names (hex) that this pack holds. What is no name, it does not hold."""
        hash_size = self.names.shape[1]
        names = [name for name in names if len(name) == 2 * hash_size]
        if not _HEX.fullmatch("".join(names)):
            names = [name for name in names if _HEX.fullmatch(name)]
        raw = np.frombuffer(bytes.fromhex("".join(names)), np.uint8).reshape(len(names), hash_size)
        numbers = self.find(name_keys(raw))
        held = (numbers >= 0) & (self.names[numbers] == raw).all(axis=1)
        return [names[place] for place in np.flatnonzero(held).tolist()]

    def _read_headers(self) -> None:
        """Some at a time: that little memory is touched saves more than it costs."""
        self.kinds = np.empty(len(self), np.uint8)
        self.sizes: Ints = np.empty(len(self), np.int64)
        self.bases: Ints = np.full(len(self), WHOLE, np.int64)
        self.starts: Ints = np.empty(len(self), np.int64)
        for start in range(0, len(self), _BLOCK):
            self._read_block(slice(start, start + _BLOCK))
            self.release()

    def _read_block(self, block: slice) -> None:
        heads = self._bytes_at(np.where(self._outside[block], _HEADER, self.offsets[block]), 2 * _VARINT)
        at = np.ones(len(heads), np.int64)
        byte = heads[:, 0].astype(np.int64)
        kinds, sizes = ((byte >> 4) & 7).astype(np.uint8), byte & 15
        more = np.flatnonzero(byte & 0x80)
        for shift in range(4, 60, 7):
            byte = heads[more, at[more]].astype(np.int64)
            sizes[more] |= (byte & 0x7F) << shift
            at[more] += 1
            more = more[(byte & 0x80) != 0]
        self._offset_bases(heads, at, np.flatnonzero(kinds == OFFSET_DELTA), block)
        self._name_bases(at, np.flatnonzero(kinds == NAME_DELTA), block)
        self.bases[block][~_IS_KIND[kinds] | self._outside[block]] = LOST
        self.kinds[block], self.sizes[block] = kinds, sizes
        self.starts[block] = np.minimum(self.offsets[block] + at, self.ends[block])

    def _bytes_at(self, offsets: Ints, width: int) -> npt.NDArray[np.uint8]:
        """Rows of `width` bytes; behind the end of the file stands what is before it."""
        rows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(self.data, np.uint8), width)
        return rows[np.minimum(offsets, len(rows) - 1)]

    def _offset_bases(self, heads: npt.NDArray[np.uint8], at: Ints, deltas: Ints, block: slice) -> None:
        byte = heads[deltas, at[deltas]].astype(np.int64)
        back = byte & 0x7F
        at[deltas] += 1
        more = np.flatnonzero(byte & 0x80)
        for _ in range(_VARINT - 1):
            byte = heads[deltas[more], at[deltas[more]]].astype(np.int64)
            back[more] = ((back[more] + 1) << 7) | (byte & 0x7F)
            at[deltas[more]] += 1
            more = more[(byte & 0x80) != 0]
        wanted = self.offsets[block][deltas] - back
        found = np.minimum(np.searchsorted(self.offsets, wanted), len(self.offsets) - 1)
        self.bases[block][deltas] = np.where((self.offsets[found] == wanted) & (back > 0), found, LOST)

    def _name_bases(self, at: Ints, deltas: Ints, block: slice) -> None:
        hash_size = self.names.shape[1]
        names = self._bytes_at(self.offsets[block][deltas] + at[deltas], hash_size)
        found = self.find(name_keys(names))
        self.bases[block][deltas] = np.where((found >= 0) & (self.names[found] == names).all(axis=1), found, LOST)
        at[deltas] += hash_size

    def payloads(self, numbers: Ints, limit: int, *, checked: bool = True) -> Payloads:
        """The inflated streams of objects. None is over `limit`. `checked` False leaves the checksums out."""
        sizes = self.sizes[numbers]
        if not (self.bases[numbers] == LOST).any() and sizes.max(initial=0) <= limit:
            packed = np.empty((len(numbers), PACKED), np.int64)
            packed.T[:4] = self.offsets[numbers], self.starts[numbers], self.ends[numbers], sizes
            packed[:, 4] = -1 if self.crcs is None or not checked else self.crcs[numbers]
            try:
                return Payloads(inflate_many(self._view, packed), np.cumsum(sizes), {})
            except ValueError:
                pass  # it is told one by one which it is
        return self._payloads_each(numbers, limit)

    def _payloads_each(self, numbers: Ints, limit: int) -> Payloads:
        parts: list[bytes] = []
        wrong = {}
        for place, number in enumerate(numbers.tolist()):
            try:
                parts.append(self.payload(number, limit))
            except ValueError as error:
                wrong[place] = error
                parts.append(b"")
        return Payloads(b"".join(parts), np.cumsum([len(part) for part in parts], dtype=np.int64), wrong)

    def payload(self, number: int, limit: int = 1 << 31) -> bytes:
        """The inflated stream of one object. Raises ValueError where it is broken or over `limit`."""
        if self.bases[number] == LOST:
            raise ValueError("its delta base is not in the pack, or its header is broken")
        start, end = int(self.starts[number]), int(self.ends[number])
        if self.crcs is not None and crc32(self._view[int(self.offsets[number]) : end]) != self.crcs[number]:
            raise ValueError("its packed bytes do not match their checksum")
        size = int(self.sizes[number])
        if size > limit:
            raise ValueError(TOO_LARGE)
        return inflate(self._view[start:end], size)

    def name(self, number: int) -> str:
        return bytes(self.names[number]).hex()

    def names_of(self, numbers: Ints) -> list[str]:
        """The names (hex) of some objects."""
        width = 2 * self.names.shape[1]
        text = self.names[numbers].tobytes().hex()
        return [text[start : start + width] for start in range(0, len(text), width)]


def name_keys(names: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """The first 8 bytes of each object name as a number: sorts like the name, and all but tells it."""
    return np.ascontiguousarray(names[:, :8]).view(">u8").reshape(len(names)).astype(np.uint64)


def _map(path: Path) -> mmap.mmap:
    try:
        with open(path, "rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise ObjectError(f"{path}: {getattr(error, 'strerror', None) or error}") from None

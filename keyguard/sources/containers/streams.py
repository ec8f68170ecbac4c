"""Reads files that are compressed as a whole; a tar in one is read as if it were not."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Iterator
from typing import BinaryIO

from keyguard.sources.container_kinds import BZIP2, GZIP, HEAD, TAR, XZ, kind_of
from keyguard.sources.containers.archives import streamed_tar_members
from keyguard.sources.containers.budget import Bounded, Budget, Member, Reads, Refusal, RefusedError, read_all, size_of

_WINDOW = 128 << 20
_ENDINGS = (b".gz", b".bz2", b".xz", b".zst", b".tgz", b".Z")


class _Ahead:
    """A stream of which the first bytes were read already."""

    def __init__(self, head: bytes, stream: Reads) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1) -> bytes:
        if self._head:
            size = len(self._head) if size < 0 else size
            data, self._head = self._head[:size], self._head[size:]
            return data
        return self._stream.read(size)


class _Full:
    """A stream whose reads give all that was asked for, up to the end, as tarfile wants it."""

    def __init__(self, stream: Reads) -> None:
        self._stream = stream

    def read(self, size: int = 0, /) -> bytes:
        parts: list[bytes] = []
        while size > 0 and (data := self._stream.read(size)):
            parts.append(data)
            size -= len(data)
        return b"".join(parts)


def stream_members(kind: str, path: bytes, file: BinaryIO, budget: Budget) -> Iterator[Member | Refusal]:
    """The one file that was compressed, or the members of a tar."""
    budget.open_member()
    bounded = Bounded(_unpacking(kind, file), size_of(file), budget)
    head = _Full(bounded).read(HEAD)
    stream = _Ahead(head, bounded)
    if kind_of(head) == TAR:
        yield from streamed_tar_members(_Full(stream), budget)
        while bounded.read():  # a fault behind the end of the archive is one of the file, too
            pass
    else:
        yield Member(_name(path), read_all(stream, budget.allowance.member))


def _unpacking(kind: str, file: BinaryIO) -> Reads:
    if kind == GZIP:
        return gzip.GzipFile(fileobj=file)
    if kind == BZIP2:
        return bz2.BZ2File(file)
    if kind == XZ:
        return _Xz(file)
    try:
        import zstandard
    except ImportError:
        raise RefusedError("zst files need zstandard: pip install 'keyguard[containers]'") from None
    reader: Reads = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(file, read_across_frames=True)
    return reader


class _Xz:
    """lzma.LZMAFile with a limit to the memory that a file may ask for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpacker = lzma.LZMADecompressor(memlimit=_WINDOW)

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._unpacker.eof:
                rest = self._unpacker.unused_data.lstrip(b"\0") or self._file.read(1 << 16).lstrip(b"\0")
                if not rest:
                    return b""
                self._unpacker = lzma.LZMADecompressor(memlimit=_WINDOW)
                data = self._unpacker.decompress(rest, size)
            elif self._unpacker.needs_input:
                more = self._file.read(1 << 16)
                if not more:
                    raise EOFError("it is cut short")
                data = self._unpacker.decompress(more, size)
            else:
                data = self._unpacker.decompress(b"", size)
            if data:
                return data


def _name(path: bytes) -> bytes:
    name = path.rpartition(b"/")[2].rpartition(b"!")[2]
    return next((name[: -len(end)] for end in _ENDINGS if name.lower().endswith(end)), name) or b"content"

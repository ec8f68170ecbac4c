"""Reads zip, tar and 7z archives."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from keyguard.sources.containers.budget import (
    Bounded,
    Budget,
    Member,
    Reads,
    Refusal,
    RefusedError,
    SpentError,
    read_all,
    size_of,
)

BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    IndexError,
)
_TAIL = 66_000
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_ENTRY = 46
_LONGEST_NAME = 512


def zip_members(file: BinaryIO, budget: Budget) -> Iterator[Member | Refusal]:
    """Members of a zip file, as in PKWARE's APPNOTE."""
    if _directory_size(file) > budget.allowance.members * (_ENTRY + _LONGEST_NAME):
        raise SpentError(f"it has more than {budget.allowance.members:,} members; the rest is not read")
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            budget.open_member()
            name = info.filename.encode("utf-8", "surrogateescape")
            try:
                yield Member(name, _zip_member(archive, info, budget))
            except SpentError:
                raise
            except RefusedError as refused:
                yield Refusal(name, str(refused))
            except BROKEN as error:
                yield Refusal(name, f"it cannot be unpacked: {_words(error)}")


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    if info.flag_bits & 1:
        raise RefusedError("it is encrypted")
    with archive.open(info) as stream:
        return read_all(Bounded(stream, info.compress_size, budget), budget.allowance.member)


def _directory_size(file: BinaryIO) -> int:
    """Bytes of the list of members, before anything is made of it."""
    size = size_of(file)
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    file.seek(0)
    at, at_64 = tail.rfind(_END), tail.rfind(_END_64)
    if at_64 >= 0 and len(tail) >= at_64 + 48:
        return min(size, int(struct.unpack_from("<Q", tail, at_64 + 40)[0]))
    return int(struct.unpack_from("<I", tail, at + 12)[0]) if at >= 0 and len(tail) >= at + 16 else 0


def tar_members(file: BinaryIO, budget: Budget) -> Iterator[Member | Refusal]:
    """Members of a tar file that is not compressed."""
    with tarfile.open(fileobj=file, mode="r:") as archive:
        yield from _entries(archive, budget, None)


def streamed_tar_members(stream: Reads, budget: Budget) -> Iterator[Member | Refusal]:
    """Members of a tar file that is unpacked as it is read; the stream keeps the limits."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        yield from _entries(archive, budget, stream)


def _entries(archive: tarfile.TarFile, budget: Budget, stream: Reads | None) -> Iterator[Member | Refusal]:
    while (info := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined] # tarfile would keep all that it has read
        budget.open_member()
        if not info.isfile():
            continue
        name = info.name.encode("utf-8", "surrogateescape")
        try:
            yield Member(name, _entry(archive, info, budget, is_counted=stream is not None))
        except SpentError:
            raise
        except RefusedError as refused:
            yield Refusal(name, str(refused))


def _entry(archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget, *, is_counted: bool) -> bytes:
    if info.issparse():
        raise RefusedError("it is a sparse file")
    if info.size > budget.allowance.member:
        raise RefusedError(f"it is over the limit of {budget.allowance.member >> 20:,} MiB")
    stream = archive.extractfile(info)
    if stream is None:
        raise RefusedError("it cannot be unpacked")
    if not is_counted:
        budget.take(info.size)
    content = stream.read()
    if len(content) < info.size:
        raise RefusedError("it is cut short")
    return content


def seven_zip_members(file: BinaryIO, budget: Budget) -> Iterator[Member | Refusal]:
    """Members of a 7z file; needs py7zr."""
    try:
        import py7zr
        from py7zr.exceptions import ArchiveError, UnsupportedCompressionMethodError
        from py7zr.io import BytesIOFactory
    except ImportError:
        raise RefusedError("7z files need py7zr: pip install 'keyguard[containers]'") from None
    packed = size_of(file)
    try:
        with py7zr.SevenZipFile(file) as archive:
            if archive.needs_password():
                raise RefusedError("it is encrypted")
            infos = [info for info in archive.list() if not info.is_directory]
            total = sum(info.uncompressed for info in infos)
            if total > max(budget.allowance.free, packed * budget.allowance.ratio):
                raise RefusedError(f"it grows to more than {budget.allowance.ratio} times its size: a bomb")
            if (
                any(info.uncompressed > budget.allowance.member for info in infos)
                or total > 4 * budget.allowance.member
            ):
                raise RefusedError("it is over the size limit; 7z files are unpacked as a whole")
            for _ in infos:
                budget.open_member()
            budget.take(total)
            factory = BytesIOFactory(budget.allowance.member)
            archive.extract(factory=factory)
        for name, product in factory.products.items():
            product.seek(0)
            yield Member(name.encode("utf-8", "surrogateescape"), product.read())
    except (ArchiveError, UnsupportedCompressionMethodError, AttributeError, TypeError) as error:
        raise RefusedError(f"it cannot be unpacked: {_words(error)}") from error


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__

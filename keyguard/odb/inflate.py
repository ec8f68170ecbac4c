"""Inflates zlib streams whose size is known, and never more than that."""

from __future__ import annotations

try:
    from isal import isal_zlib as zlib
except ImportError:
    import zlib  # type: ignore[no-redef]  # the same functions, at half the speed

BACKEND = zlib.__name__
_SMALL = 64 << 10
_MUCH = 1 << 20


def inflate(data: bytes | memoryview, size: int) -> bytes:
    """The `size` bytes that the stream at the start of `data` holds. Raises ValueError where it holds anything else."""
    try:
        if len(data) <= _SMALL:
            # At deflate's best ratio, 1032, this much cannot become more than 66 MB, whatever it declares.
            content = zlib.decompress(data, 15, min(size, _MUCH) + 1)
        else:
            stream = zlib.decompressobj(15)
            content = stream.decompress(data, size + 1)
            if len(content) == size and not stream.eof:
                raise ValueError("its zlib stream is cut short")
    except zlib.error as error:  # type: ignore[misc]  # isal's stubs leave the base class out
        raise ValueError(f"its zlib stream is broken: {error}") from None
    if len(content) != size:
        raise ValueError(f"it inflates to another size than the {size} bytes it declares")
    return bytes(content)


def inflate_many(data: memoryview, starts: list[int], ends: list[int], sizes: list[int]) -> list[bytes | ValueError]:
    """`inflate` for many streams in `data`, given where each begins and ends. Raises ValueError if it does for any."""
    decompress = zlib.decompress
    try:
        found: list[bytes] = [
            decompress(data[start:end], 15, size + 1)
            if end - start <= _SMALL and size < _MUCH
            else inflate(data[start:end], size)
            for start, end, size in zip(starts, ends, sizes)
        ]
    except zlib.error as error:  # type: ignore[misc]  # isal's stubs leave the base class out
        raise ValueError(f"a zlib stream is broken: {error}") from None
    if [*map(len, found)] != sizes:
        raise ValueError("one inflates to another size than it declares")
    return [*found]


def inflate_head(data: bytes | memoryview, limit: int) -> bytes:
    """At most `limit` bytes from the start of the stream. Raises ValueError where it is broken."""
    try:
        return bytes(zlib.decompressobj(15).decompress(data, limit))
    except zlib.error as error:  # type: ignore[misc]  # isal's stubs leave the base class out
        raise ValueError(f"its zlib stream is broken: {error}") from None


def checksums(data: memoryview, starts: list[int], ends: list[int]) -> list[int]:
    """CRC-32 of parts of `data`, as a pack index holds for every object."""
    crc32 = zlib.crc32
    return [crc32(data[start:end]) for start, end in zip(starts, ends)]

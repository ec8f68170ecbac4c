"""Cuts a stream into overlapping pieces, so that what is larger than memory can be scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def overlapping(read: Callable[[int], bytes], size: int, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of `size` bytes with their offsets; each repeats the last `overlap` bytes of the one before.

    `read(n)` gives at most n bytes, and none at the end. An empty stream gives one empty piece.
    """
    if not 0 <= overlap < size:
        raise ValueError("the overlap must be smaller than the piece")
    offset = 0
    piece = _exactly(read, size)
    yield offset, piece
    while len(piece) == size:
        fresh = _exactly(read, size - overlap)
        if not fresh:
            return
        offset += size - overlap
        piece = piece[size - overlap :] + fresh
        yield offset, piece


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """Pipes give what they have; go on until the piece is full or the stream ends."""
    parts = []
    while size > 0 and (part := read(size)):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)

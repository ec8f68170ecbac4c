"""One git delta: apply it, list what is new in the result, and carry spans of the base across it.

The functions exist twice: in `_delta.c`, and in Python for machines without a compiler, `step` here and the others in
`carrying`; `IMPLEMENTATION` says which are in use.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT, ROW_FIELDS
from keyguard.odb import carrying
from keyguard.odb.instructions import Change, changes, read, read_size

TOO_LARGE = "it is over the size limit"
WHOLE_RESULT = 2**31
_LARGEST = 2**31 - 2
_NEWLINE = 0x0A

# Where a window of a result begins and ends, and flags of `model.slab`.
_Window = tuple[int, int, int]


def sizes(delta: bytes) -> tuple[int, int]:
    """The sizes of base and result that a delta declares."""
    base_size, at = read_size(delta, 0, len(delta))
    return base_size, read_size(delta, at, len(delta))[0]


def apply(base: bytes, change: Change, limit: int) -> bytes:
    """The result of a delta. Raises ValueError where it is broken, or its result over `limit` bytes."""
    base_size, size, problem = change.header
    if problem:
        raise ValueError(problem)
    if base_size != len(base):
        raise ValueError("its base has another size")
    if size > min(limit, _LARGEST):
        raise ValueError(TOO_LARGE)
    if change.written > size:
        raise ValueError("it writes more than its declared size")
    if change.furthest > base_size:
        raise ValueError("it copies from outside its base")
    if change.written < size:
        raise ValueError("it writes less than its declared size")
    source, data = memoryview(base), change.data  # what is copied is copied once
    instructions = zip(change.copies, change.starts, change.stops)
    return b"".join([source[start:stop] if is_copy else data[start:stop] for is_copy, start, stop in instructions])


def windows_of(out: bytes, change: Change, margin: int, hash_size: int) -> tuple[bytes, list[int]]:
    """The dirty windows of a result: their text and their rows; see `step`."""
    rows = _joined(_entries(out, change, hash_size), 0) if hash_size else _joined(_lines(out, change, margin), 1)
    parts = [out[origin : origin + length] for origin, length in zip(rows[::ROW_FIELDS], rows[1::ROW_FIELDS])]
    parts.append(b"")  # a newline after the last one too
    return b"\n".join(parts), rows


def _lines(out: bytes, change: Change, margin: int) -> Iterator[_Window]:
    """The lines that hold bytes from start to stop (inclusive; that may be the end), no further than `margin` away."""
    find, rfind = out.find, out.rfind
    reached = -1  # as far as whole lines go that were listed
    for start, stop in zip(change.dirty_starts, change.dirty_stops):
        if stop <= reached:
            continue
        flags = FRAGMENT
        low = start - margin if start > margin else 0
        left = rfind(b"\n", low, start) + 1 or low
        if left == low and low and out[low - 1] != _NEWLINE:
            flags |= CLIPPED_LEFT
        reached = right = find(b"\n", stop, stop + margin)
        if right < 0:
            right = min(stop + margin, len(out))
            if right == len(out) or out[right] == _NEWLINE:
                reached = right
            else:
                flags |= CLIPPED_RIGHT
        yield left, right, flags


def _entries(out: bytes, change: Change, hash_size: int) -> Iterator[_Window]:
    """The entries of a tree that hold a byte from start to stop (exclusive) or have one of the two strictly inside."""
    entry = end = 0
    for start, stop in zip(change.dirty_starts, change.dirty_stops):
        if end <= start:
            end = _entry_near(out, end, start, hash_size)
        while end <= start:
            entry = end
            if end == len(out):
                return
            end = _entry_end(out, entry, hash_size)
        left = entry
        while end < stop:
            entry = end
            end = _entry_end(out, end, hash_size)
        if start != stop or left != start:
            yield left, end, FRAGMENT


def _entry_near(out: bytes, known: int, place: int, hash_size: int) -> int:
    """Where an entry begins, not far before `place`, given that one begins at `known`.

    The NUL before an object name is told from one that is part of such a name by what is before it: no other NUL.
    """
    nul = out.rfind(b"\0", known, max(known, place - hash_size))
    while nul >= 0:
        before = out.rfind(b"\0", known, nul)
        if before < nul - hash_size:
            return nul + 1 + hash_size
        nul = before
    return known


def _entry_end(out: bytes, start: int, hash_size: int) -> int:
    nul = out.find(b"\0", start)
    return len(out) if nul < 0 else min(len(out), nul + 1 + hash_size)


def _joined(windows: Iterable[_Window], joint: int) -> list[int]:
    """Origin, length and flags of windows; those with no more than `joint` bytes between them are one."""
    rows: list[int] = []
    end = touched = -1
    for left, right, flags in windows:
        if right <= left or (left <= touched and right <= end):
            continue
        if left > touched:
            rows += left, right - left, flags
        else:
            rows[-2:] = right - rows[-3], rows[-1] & CLIPPED_LEFT | flags & ~CLIPPED_LEFT
        end = right
        touched = end if flags & CLIPPED_RIGHT else end + joint
    return rows


def step(
    base: bytes, delta: bytes, margin: int, limit: int, hash_size: int, wanted: int
) -> tuple[bytes, bytes, bytes, int]:
    """Applies `delta` to `base` and lists the dirty windows of the result.

    A byte is dirty when it was inserted; a boundary is where a copy run begins or ends. With `hash_size` 0 a window is
    the whole lines that hold dirty bytes or have a boundary inside or at their start, cut where a line goes on for more
    than `margin` bytes. Else the result is a tree, and a window is the whole entries that hold dirty bytes or have a
    boundary strictly inside.

    Returns the first `wanted` bytes of the result, the windows' text (each followed by a newline), their rows (origin,
    length, flags of `model.slab`) as native int32, and the size of the result. Raises ValueError for a delta that is
    broken or whose result is over `limit` bytes.
    """
    (change,) = changes(read(delta, [(0, len(delta))]))
    out = apply(base, change, limit)
    text, rows = windows_of(out, change, margin, hash_size)
    return out[:wanted], text, array("i", rows).tobytes(), len(out)


python_step, python_carry, python_carry_family = step, carrying.carry, carrying.carry_family
carry, carry_family = python_carry, python_carry_family
IMPLEMENTATION = "python"
try:
    from keyguard.odb import _delta
except ImportError:
    pass
else:
    IMPLEMENTATION = "C"
    step, carry, carry_family = _delta.step, _delta.carry, _delta.carry_family

"""One git delta: apply it, list what is new in the result, and carry spans of the base across it.

The format is git's (gitformat-pack): two sizes, then copy runs from the base and literal inserts. The functions exist
twice: in `_delta.c`, and here for machines without a compiler; `IMPLEMENTATION` says which are in use.
"""

from __future__ import annotations

from array import array
from itertools import accumulate
from typing import NamedTuple

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT

TOO_LARGE = "it is over the size limit"
WHOLE_RESULT = 2**31
_LARGEST = 2**31 - 2


# A copy run (its start in the base, its length, None), or a literal insert (0, its length, its bytes).
Instruction = tuple[int, int, "bytes | None"]


class Delta(NamedTuple):
    """A parsed delta; adjoining copy runs stand as one, so do adjoining inserts."""

    base_size: int
    size: int
    instructions: list[Instruction]


def _read_size(delta: bytes, at: int) -> tuple[int, int]:
    size = shift = 0
    while at < len(delta) and shift < 63:
        byte = delta[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return size, at
    raise ValueError("its header is cut short")


def sizes(delta: bytes) -> tuple[int, int]:
    """The sizes of base and result that a delta declares."""
    base_size, at = _read_size(delta, 0)
    return base_size, _read_size(delta, at)[0]


def parse(delta: bytes) -> Delta:
    """Reads all of a delta. Raises ValueError where it is cut short."""
    base_size, at = _read_size(delta, 0)
    size, at = _read_size(delta, at)
    instructions: list[Instruction] = []
    # An empty run at the start of the base: a first copy from there goes on with it and makes nothing dirty.
    last: Instruction = (0, 0, None)
    while at < len(delta):
        head = delta[at]
        new, at = _read_copy(delta, at + 1, head) if head & 0x80 else _read_insert(delta, at + 1, head)
        if last[2] is None and new[2] is None and last[0] + last[1] == new[0]:
            last = (last[0], last[1] + new[1], None)
        elif last[2] is not None and new[2] is not None:
            last = (0, last[1] + new[1], last[2] + new[2])
        else:
            instructions.append(last)
            last = new
    instructions.append(last)
    return Delta(base_size, size, instructions)


def _read_copy(delta: bytes, at: int, head: int) -> tuple[Instruction, int]:
    start = length = 0
    try:
        for bit, shift in _START_BYTES[head & 0x0F]:
            start |= delta[at + bit] << shift
        at += len(_START_BYTES[head & 0x0F])
        for bit, shift in _LENGTH_BYTES[head >> 4 & 7]:
            length |= delta[at + bit] << shift
    except IndexError:
        raise ValueError("an instruction is cut short") from None
    return (start, length or 0x10000, None), at + len(_LENGTH_BYTES[head >> 4 & 7])


def _read_insert(delta: bytes, at: int, length: int) -> tuple[Instruction, int]:
    if not length or len(delta) - at < length:
        raise ValueError("an instruction is cut short")
    return (0, length, delta[at : at + length]), at + length


def _bytes_of(bits: int) -> list[tuple[int, int]]:
    """Which bytes follow for the bits that are set: how far on each stands, and how far it is shifted."""
    return list(enumerate(8 * bit for bit in range(bits.bit_length()) if bits >> bit & 1))


_START_BYTES = [_bytes_of(bits) for bits in range(16)]
_LENGTH_BYTES = [_bytes_of(bits) for bits in range(8)]


def _apply(base: bytes, delta: Delta, limit: int) -> tuple[bytes, list[tuple[int, int]]]:
    if delta.base_size != len(base):
        raise ValueError("its base has another size")
    if delta.size > min(limit, _LARGEST):
        raise ValueError(TOO_LARGE)
    parts: list[bytes] = []
    dirty: list[tuple[int, int]] = []
    at = 0
    running = False
    for start, length, data in delta.instructions:
        if length > delta.size - at:
            raise ValueError("it writes more than its declared size")
        if data is None and start + length > len(base):
            raise ValueError("it copies from outside its base")
        parts.append(base[start : start + length] if data is None else data)
        if data is not None:
            dirty.append((at, at + length))
        elif running:
            dirty.append((at, at))
        running = data is None
        at += length
    if at != delta.size:
        raise ValueError("it writes less than its declared size")
    start, length, data = delta.instructions[-1]
    if data is None and start + length != len(base):
        dirty.append((at, at))
    return b"".join(parts), dirty


def _push(rows: list[list[int]], left: int, right: int, flags: int, joint: int) -> None:
    if right <= left:
        return
    if rows:
        last = rows[-1]
        end = last[0] + last[1]
        if left <= end + (0 if last[2] & CLIPPED_RIGHT else joint):
            if right > end:
                last[1] = right - last[0]
                last[2] = (last[2] & CLIPPED_LEFT) | (flags & ~CLIPPED_LEFT)
            return
    rows.append([left, right - left, flags])


def _lines(out: bytes, dirty: list[tuple[int, int]], margin: int) -> list[list[int]]:
    rows: list[list[int]] = []
    reached = -1  # as far as whole lines go that are listed
    for start, stop in dirty:
        if stop <= reached:
            continue
        low, high = max(0, start - margin), min(len(out), stop + margin)
        newline = out.rfind(b"\n", low, start)
        left = low if newline < 0 else newline + 1
        newline = out.find(b"\n", stop, high)
        right = high if newline < 0 else newline
        flags = FRAGMENT
        if left > 0 and out[left - 1] != 0x0A:
            flags |= CLIPPED_LEFT
        if right < len(out) and out[right] != 0x0A:
            flags |= CLIPPED_RIGHT
        _push(rows, left, right, flags, 1)
        reached = -1 if flags & CLIPPED_RIGHT else right
    return rows


def _entry_end(out: bytes, start: int, hash_size: int) -> int:
    nul = out.find(b"\0", start)
    return len(out) if nul < 0 else min(len(out), nul + 1 + hash_size)


def _entries(out: bytes, dirty: list[tuple[int, int]], hash_size: int) -> list[list[int]]:
    rows: list[list[int]] = []
    entry = end = 0
    for start, stop in dirty:
        while end <= start:
            entry = end
            if end == len(out):
                return rows
            end = _entry_end(out, entry, hash_size)
        left = entry
        while end < stop:
            entry = end
            end = _entry_end(out, end, hash_size)
        if start != stop or left != start:
            _push(rows, left, end, FRAGMENT, 0)
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
    out, dirty = _apply(base, parse(delta), limit)
    rows = _entries(out, dirty, hash_size) if hash_size else _lines(out, dirty, margin)
    text = b"".join([out[origin : origin + length] + b"\n" for origin, length, _ in rows])
    return out[:wanted], text, array("i", [value for row in rows for value in row]).tobytes(), len(out)


def carry(delta: bytes, spans: bytes) -> list[tuple[int, int]]:
    """Which spans of the base lie inside one copy run, and how far each moves.

    `spans` are pairs of native int32: from (-1: the start of the base is part of it) and to (base size + 1: its end
    is). Returns (number of the span, shift) for every run that holds it, run by run, the spans by where
    they start. Raises ValueError for a broken delta.
    """
    parsed = parse(delta)
    pairs = array("i", spans)
    order = sorted(range(len(pairs) // 2), key=lambda number: (pairs[2 * number], number))
    found: list[tuple[int, int]] = []
    at = 0
    for start, length, data in parsed.instructions:
        if data is None:
            low = -1 if start == 0 and at == 0 else start
            at_end = start + length == parsed.base_size and at + length == parsed.size
            high = start + length + at_end
            for number in order:
                if low <= pairs[2 * number] <= high and pairs[2 * number + 1] <= high:
                    found.append((number, at - start))  # noqa: PERF401 - a loop in a loop reads better
        at += length
    return found


def carry_family(
    data: list[bytes], deltas: bytes, parents: bytes, born: bytes, ends: bytes, width: int
) -> tuple[bytes, bytes]:
    """Hands marks down delta families, bases before their deltas.

    All but `data` are native int32, parallel by object: `deltas` has three values for each, the number of a buffer in
    `data` (-1: it is whole) and where its delta starts and ends there; `parents` the place of its base (-1: none);
    `ends` says where the marks that are born in it end among all `born`. Marks are pairs of an offset and any label;
    one is carried where its `width` bytes lie inside one copy run.

    Gives all marks, and where those of each object end.
    """
    rows, known, cuts = array("i", deltas), array("i", born), array("i", [0, *array("i", ends)])
    results: list[dict[int, int]] = []
    for place, parent in enumerate(array("i", parents)):
        number, start, end = rows[3 * place : 3 * place + 3]
        base = results[parent] if 0 <= parent < place and number >= 0 else {}
        marks = _carried_marks(data[number][start:end], base, width) if base else {}
        fresh = known[2 * cuts[place] : 2 * cuts[place + 1]]
        marks.update(zip(fresh[::2], fresh[1::2]))
        results.append(marks)
    flat = array("i", [value for marks in results for mark in marks.items() for value in mark])
    return flat.tobytes(), array("i", accumulate(map(len, results))).tobytes()


def _carried_marks(delta: bytes, base: dict[int, int], width: int) -> dict[int, int]:
    marks: dict[int, int] = {}
    at = 0
    try:
        for start, length, data in parse(delta).instructions:
            if data is None:
                for place, label in base.items():
                    if start <= place and place + width <= start + length:
                        marks[place - start + at] = label
            at += length
    except ValueError:
        return {}
    return marks


python_step, python_carry, python_carry_family = step, carry, carry_family
IMPLEMENTATION = "python"
try:
    from keyguard.odb import _delta
except ImportError:
    pass
else:
    IMPLEMENTATION = "C"
    step, carry, carry_family = _delta.step, _delta.carry, _delta.carry_family

"""Many objects of delta families in one go: contents are held by depth, and what is new comes out as one text.

Exists twice like the functions of `keyguard.odb.delta`: in `_delta.c`, and here for machines without a compiler.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import NamedTuple

from keyguard.model.slab import ROW_FIELDS
from keyguard.odb.delta import apply, windows_of
from keyguard.odb.instructions import Change, changes, read

NEEDED, LAST, WRONG = 1, 2, 4  # a delta hangs on the object; it is the last delta of its base; it cannot be read
STEP = 3
COLUMNS = 3
_HEAD = 1024
_HIGH = b"\xfe"
_TOGETHER = 512  # deltas


class Stretch(NamedTuple):
    """What one stride gives.

    `stop` is the number of the first object that was not read, and `problem` what is wrong with it: None at the end,
    and where `text` has come to the `room` there is; "" where it is WRONG, or its base is not held.

    `text` is what is new: windows and whole contents, each followed by a newline; `rows` those of the windows, and
    `lows` (int32) where each begins in the text; `table` COLUMNS int32 for each object: its size, where its text
    begins, and its number of windows, -1 where it is new as a whole. `wide` is the content of the last object where its
    head may not be plain text (`sources.text` can tell); the stride ends there.

    `names` are the entries in `text` whose names are not known; of trees only. `fresh` is what `LineTable.learn` wants
    to know: of `names` in trees, of `text` elsewhere.
    """

    stop: int
    problem: str | None
    text: bytes
    rows: bytes
    lows: bytes
    table: bytes
    wide: bytes | None
    fresh: bytes
    names: bytes


def stride(
    held: list[bytes | None],
    payloads: bytes,
    start: int,
    plan: bytes,
    bounds: tuple[int, int, int, int, int],
    known: tuple[int, int, object] | None = None,  # noqa: ARG001 - what is known need not be left out
) -> tuple[int, str | None, bytes, bytes, bytes, bytes, bytes | None, bytes, bytes]:
    """Reads objects from number `start` on, bases before their deltas. `payloads` are a content or a delta for each.

    `plan` has STEP native int32 for each object: its depth in its family; NEEDED, LAST and WRONG; and where its payload
    ends. `held` are the contents by depth that deltas may still be against; it is changed. `bounds` are margin, limit
    and hash size as for `delta.step` (with a margin below 0 every object is new as a whole), the most bytes to hold,
    and `room`: about as much text as is wanted at a time. Lines of blobs that are in the table at `known`
    (`LineTable.place`) may be left out, so that even an object that is new as a whole comes in windows, or not at all;
    so may `names` of trees. Here none is. Gives the fields of a `Stretch`.
    """
    *limits, room = bounds
    writer = _Writer(held, *limits)
    steps = array("i", bytes(4) + plan)  # now each has the end of the payload before it in front
    if len(payloads) != steps[-1]:
        raise ValueError("the plan is not one of these payloads")
    problem = None
    ahead = _changes(payloads, steps, start)
    while start < len(steps) // STEP and writer.size < room and writer.wide is None:
        begin, depth, flags, end = steps[STEP * start : STEP * start + STEP + 1]
        base = held[depth - 1] if depth else b""
        if flags & WRONG or base is None:
            problem = ""
            break
        try:
            writer.add(base, payloads[begin:end], next(ahead), depth, flags)
        except ValueError as error:
            problem = str(error)
            break
        start += 1
    text, rows, lows, table = writer.done()
    return Stretch(start, problem, text, rows, lows, table, writer.wide, b"", text if writer.hash_size else b"")


def _changes(payloads: bytes, steps: array[int], start: int) -> Iterator[Change]:
    """What the objects from number `start` on change as deltas; those that are none, nothing.

    Some are read at a time, and more each time: a stride may end soon.
    """
    count = 4
    while start < len(steps) // STEP:
        stop = min(start + count, len(steps) // STEP)
        some = steps[STEP * start : STEP * stop + 1]
        spans = zip(some[::STEP], some[1::STEP], some[STEP::STEP])
        yield from changes(read(payloads, [(begin, end if depth else begin) for begin, depth, end in spans]))
        start, count = stop, min(2 * count, _TOGETHER)


class _Writer:
    def __init__(self, held: list[bytes | None], margin: int, limit: int, hash_size: int, budget: int) -> None:
        self._held, self._margin, self._limit, self.hash_size, self._budget = held, margin, limit, hash_size, budget
        self._used = sum(map(len, filter(None, held)))
        self._texts: list[bytes] = []
        self._rows = array("i")
        self._lows = array("i")
        self._table = array("i")
        self.size = 0
        self.wide: bytes | None = None

    def add(self, base: bytes, payload: bytes, change: Change, depth: int, flags: int) -> None:
        content = apply(base, change, self._limit) if depth else payload
        if depth and self._margin >= 0:
            text, rows = windows_of(content, change, self._margin, self.hash_size)
            self._table.extend((len(content), self.size, len(rows) // ROW_FIELDS))
        else:
            text, rows = content + b"\n", []
            self._table.extend((len(content), self.size, -1))
        self._texts.append(text)
        self._rows.extend(rows)
        low = self.size
        for length in rows[1::ROW_FIELDS]:
            self._lows.append(low)
            low += length + 1
        self.size += len(text)
        if not self.hash_size and (content[:1] >= _HIGH or content.find(b"\0", 0, _HEAD) >= 0):
            self.wide = content
        self._push(depth, flags, content)

    def _push(self, depth: int, flags: int, content: bytes) -> None:
        """Holds a content that deltas hang on, and lets go of what is over the budget."""
        if flags & LAST and depth:
            self._hold(depth - 1, None)
        if not flags & NEEDED:
            return
        self._hold(depth, content)
        other = 0
        while self._used > self._budget and other < len(self._held):
            if other != depth:
                self._hold(other, None)
            other += 1

    def _hold(self, depth: int, content: bytes | None) -> None:
        self._used += len(content or b"") - len(self._held[depth] or b"")
        self._held[depth] = content

    def done(self) -> tuple[bytes, bytes, bytes, bytes]:
        return b"".join(self._texts), self._rows.tobytes(), self._lows.tobytes(), self._table.tobytes()


python_stride = stride
try:
    from keyguard.odb import _delta
except ImportError:
    pass
else:
    stride = _delta.stride

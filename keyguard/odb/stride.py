"""Many objects of delta families in one go: contents are held by depth, and what is new comes out as one text.

Exists twice like the functions of `keyguard.odb.delta`: in `_delta.c`, and here for machines without a compiler.
"""

from __future__ import annotations

from array import array

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT
from keyguard.odb.delta import WHOLE_RESULT, python_step
from keyguard.odb.lines import hash_of, is_known

NEEDED, LAST = 1, 2  # a delta hangs on the object; it is the last delta of its base
COLUMNS = 3
_HEAD = 1024
_HIGH = 0xFE


def stride(
    held: list[bytes | None],
    payloads: list[bytes | ValueError],
    start: int,
    plan: bytes,
    bounds: tuple[int, int, int, int, int],
    known: bytearray | None = None,
) -> tuple[int, str | None, bytes, bytes, bytes, bytes | None, bytes]:
    """Reads objects from number `start` of `payloads` (a content, or a delta) on, bases before their deltas.

    `plan` has two native int32 for each payload: its depth in its family, and NEEDED and LAST. `held` are the contents
    by depth that deltas may still be against; it is changed. `bounds` are margin, limit and hash size as for
    `delta.step` (with a margin below 0 every object is new as a whole), the most bytes to hold, and `room`. Lines that
    are `known` (see `odb.lines`) are left out, so that even an object that is new as a whole may come in windows, or
    not at all.

    Gives the number of the first object that was not read, and what is wrong with it: None at the end, and where `text`
    has come to `room` bytes; "" where the payload is none, or its base is not held. `text` is what is new: windows and
    whole contents, each followed by a newline (trees that are new as a whole are left out: they are payloads); `rows`
    those of the windows; `table` COLUMNS int32 for each object: its size, where its text begins, and its number of
    windows, -1 where it is new as a whole. `wide` is the content of the last object where its head may not be plain
    text (`sources.text` can tell); the stride ends there. `fresh`: what
    `lines.learn` wants to know of the text; empty where `known` is None.
    """
    *limits, room = bounds
    writer = _Writer(held, known, *limits)
    steps = array("i", plan)
    problem = None
    while start < len(payloads) and writer.size < room and writer.wide is None:
        payload, depth, flags = payloads[start], steps[2 * start], steps[2 * start + 1]
        base = held[depth - 1] if depth else b""
        if not isinstance(payload, bytes) or base is None:
            problem = ""
            break
        try:
            writer.add(base, payload, depth, flags)
        except ValueError as error:
            problem = str(error)
            break
        start += 1
    return (start, problem, *writer.done(), writer.wide, writer.fresh.tobytes())


class _Writer:
    def __init__(
        self, held: list[bytes | None], known: bytearray | None, margin: int, limit: int, hash_size: int, budget: int
    ) -> None:
        self._held, self._margin, self._limit, self._hash_size, self._budget = held, margin, limit, hash_size, budget
        self._known = None if margin < 0 or hash_size else known
        self._texts: list[bytes] = []
        self._rows = array("i")
        self._table = array("i")
        self.fresh = array("Q")
        self.size = 0
        self.wide: bytes | None = None

    def add(self, base: bytes, payload: bytes, depth: int, flags: int) -> None:
        content, text, raw = payload, b"", b""
        if depth:
            content, text, raw, _ = python_step(
                base, payload, max(self._margin, 0), self._limit, self._hash_size, WHOLE_RESULT
            )
        rows = array("i", raw)
        is_whole = self._margin < 0 or not depth
        if is_whole:
            text, rows = b"" if self._hash_size and self._margin >= 0 else content + b"\n", array("i")
        if self._known is not None:
            size = len(text)
            text, rows = self._unknown(text, rows or array("i", (0, len(content), 0)) if is_whole else rows)
            is_whole = is_whole and len(text) == size
        self._table.extend((len(content), self.size, -1 if is_whole else len(rows) // COLUMNS))
        self._texts.append(text)
        self._rows.extend(array("i") if is_whole else rows)
        self.size += len(text)
        if not self._hash_size and (content[:1] >= bytes([_HIGH]) or content.find(b"\0", 0, _HEAD) >= 0):
            self.wide = content
        self._push(depth, flags, content)

    def _unknown(self, text: bytes, rows: array[int]) -> tuple[bytes, array[int]]:
        """The lines of windows that are not known, as windows of their own."""
        lines: list[bytes] = []
        left = array("i")
        read, size = 0, self.size
        for origin, length, flags in zip(rows[::3], rows[1::3], rows[2::3]):
            goes_on, at = False, origin
            parts = text[read : read + length].split(b"\n")
            for number, line in enumerate(parts):
                is_last = number == len(parts) - 1
                clipped = (0 if number else flags & CLIPPED_LEFT) | (flags & CLIPPED_RIGHT if is_last else 0)
                is_new = bool(clipped) or self._note(line, size)
                if is_new:
                    if not goes_on:
                        left.extend((at, -1, FRAGMENT))
                    left[-2] += len(line) + 1
                    left[-1] |= clipped
                    lines.append(line + b"\n")
                    size += len(line) + 1
                goes_on = is_new
                at += len(line) + 1
            read += length + 1
        return b"".join(lines), left

    def _note(self, line: bytes, start: int) -> bool:
        """Notes a complete line that would stand at `start`; False where it is known."""
        assert self._known is not None  # noqa: S101 - asked where there is a table only
        hashed = hash_of(self._known, line)
        if is_known(self._known, hashed):
            return False
        self.fresh.extend((hashed, start))
        return True

    def _push(self, depth: int, flags: int, content: bytes) -> None:
        if flags & LAST and depth:
            self._held[depth - 1] = None
        if flags & NEEDED:
            self._held[depth] = content
            used = sum(map(len, filter(None, self._held)))
            for other, content_there in enumerate(self._held):
                if used > self._budget and other != depth:
                    used -= len(content_there or b"")
                    self._held[other] = None

    def done(self) -> tuple[bytes, bytes, bytes]:
        return b"".join(self._texts), self._rows.tobytes(), self._table.tobytes()


python_stride = stride
try:
    from keyguard.odb import _delta
except ImportError:
    pass
else:
    stride = _delta.stride

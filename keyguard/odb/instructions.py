"""Reads git deltas, many at once.

The format is git's (gitformat-pack): two sizes, then copy runs from the base and literal inserts. Only the heads of the
instructions are found one by one; what they say is worked out for all of them together.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_COPY = 0x80
_NO_LENGTH = 0x10000

# By the first byte of an instruction: which of the four bytes of a copy's start, the three of its length and one more
# are there, and how far on each of them stands; the length of an insert is the first byte itself.
_THERE = np.zeros((2 * _COPY, 8), np.uint8)
_THERE[_COPY:, :7] = np.arange(_COPY)[:, None] >> np.arange(7) & 1
_PLACES = np.cumsum(_THERE, axis=1, dtype=np.int64)
_THERE[:_COPY, 4] = 1
# And how many bytes it takes. There is no instruction 0: it goes on behind every end.
_WIDTHS = [1 << 62, *range(2, _COPY + 1), *(1 + _PLACES[_COPY:, -1]).tolist()]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Header(NamedTuple):
    """The sizes of base and result that a delta declares, and why its instructions cannot be read, or ""."""

    base_size: int
    size: int
    problem: str


class Instructions(NamedTuple):
    """Those of some deltas, one after the other; delta n has those from `firsts[n]` to `ends[n]`.

    Parallel: whether it is a copy run, else it is an insert; where its bytes begin and end (in the base, or in `data`);
    where it begins in the result; and whether it is a copy that goes on with the copy before it. The first of each
    delta is an empty copy run at the start of the base, which a copy from there goes on with.
    """

    data: bytes
    headers: list[Header]
    firsts: Ints
    ends: Ints
    copies: Bools
    starts: Ints
    stops: Ints
    ats: Ints
    goes_on: Bools


class Runs(NamedTuple):
    """Copy runs, parallel: the number of the delta, from where to where in the base, and where in the result."""

    deltas: Ints
    starts: Ints
    stops: Ints
    ats: Ints


class Change(NamedTuple):
    """One delta. `copies`, `starts` and `stops`: see `Instructions`; `written`: the size of the result; `furthest`: how
    much of the base is needed.

    `dirty_starts` and `dirty_stops`: where the result differs from the base. Inserts that adjoin are one. Two that are
    equal stand for a place between copy runs, or for one where the base goes on and the result ends.
    """

    header: Header
    data: bytes
    copies: list[bool]
    starts: list[int]
    stops: list[int]
    dirty_starts: list[int]
    dirty_stops: list[int]
    written: int
    furthest: int


def read_size(delta: bytes, at: int, end: int) -> tuple[int, int]:
    """One of the two sizes in front of a delta, and where it ends."""
    size = shift = 0
    while at < end and shift < 63:
        byte = delta[at]
        at += 1
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return size, at
    raise ValueError("its header is cut short")


def read(data: bytes, spans: Iterable[tuple[int, int]]) -> Instructions:
    """Reads all of some deltas; `spans` say where in `data` each begins and ends."""
    headers, firsts, ends, heads = [], array("q"), array("q"), array("q")
    for start, end in spans:
        firsts.append(len(heads))
        headers.append(_find_heads(data, start, end, heads))
        ends.append(len(heads))
    return _decode(data, headers, *(np.frombuffer(each, np.int64) for each in (firsts, ends, heads)))


def _find_heads(data: bytes, at: int, end: int, heads: array[int]) -> Header:
    """Adds where the instructions of a delta begin; before them any place, for the empty one."""
    add, widths = heads.append, _WIDTHS
    add(0)
    try:
        base_size, at = read_size(data, at, end)
        size, at = read_size(data, at, end)
    except ValueError as error:
        return Header(0, 0, str(error))
    before = len(heads)
    while at < end:
        add(at)
        at += widths[data[at]]
    if at == end:
        return Header(base_size, size, "")
    del heads[before:]
    return Header(base_size, size, "an instruction is cut short")


def _decode(data: bytes, headers: list[Header], firsts: Ints, ends: Ints, heads: Ints) -> Instructions:
    raw = np.frombuffer(data or b"\0", np.uint8)
    head = raw.take(heads, mode="clip")
    copies = head >= _COPY
    operands = raw.take(heads[:, None] + _PLACES[head], mode="clip") * _THERE[head]
    starts, lengths = operands.view("<u4").T.astype(np.int64)
    starts = np.where(copies, starts, heads + 1)
    lengths[lengths == 0] = _NO_LENGTH
    copies[firsts], starts[firsts], lengths[firsts] = True, 0, 0
    stops = starts + lengths
    ats = np.cumsum(lengths) - lengths
    ats -= np.repeat(ats[firsts], ends - firsts)
    goes_on = np.zeros_like(copies)
    goes_on[1:] = copies[1:] & copies[:-1] & (starts[1:] == stops[:-1])
    goes_on[firsts] = False
    return Instructions(data, headers, firsts, ends, copies, starts, stops, ats, goes_on)


def runs(of: Instructions) -> Runs:
    """The copy runs of some deltas, those that go on with each other as one."""
    begins = (of.copies & ~of.goes_on).nonzero()[0]
    ends = of.copies.copy()
    ends[:-1] &= ~of.goes_on[1:]
    return Runs(of.ends.searchsorted(begins, "right"), of.starts[begins], of.stops[ends], of.ats[begins])


def changes(of: Instructions) -> Iterator[Change]:
    """What each of some deltas does."""
    lengths = of.stops - of.starts
    begins, ends = ~of.goes_on, ~of.copies
    begins[1:] &= of.copies[:-1]
    begins[of.firsts] = False
    ends[:-1] &= of.copies[1:]
    ends |= of.copies & begins
    dirty_starts, dirty_stops = of.ats[begins].tolist(), (of.ats + lengths * ~of.copies)[ends].tolist()
    lasts = of.ends - 1
    dirty_ends = np.cumsum(begins)[lasts].tolist()
    written = (of.ats + lengths)[lasts].tolist()
    furthest = np.maximum.reduceat(of.stops * of.copies, of.firsts).tolist() if of.headers else []
    copies, starts, stops = of.copies.tolist(), of.starts.tolist(), of.stops.tolist()
    low = dirty_low = 0
    for number, (high, dirty_high) in enumerate(zip(of.ends.tolist(), dirty_ends)):
        change = Change(
            of.headers[number],
            of.data,
            copies[low:high],
            starts[low:high],
            stops[low:high],
            dirty_starts[dirty_low:dirty_high],
            dirty_stops[dirty_low:dirty_high],
            written[number],
            furthest[number],
        )
        if change.copies[-1] and change.stops[-1] != change.header.base_size:
            change.dirty_starts.append(change.written)
            change.dirty_stops.append(change.written)
        yield change
        low, dirty_low = high, dirty_high

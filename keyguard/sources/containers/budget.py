"""The limits of unpacking: how much one container may hold, counted over everything in it, however deep."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, Protocol

from keyguard.model.namedtuple import NamedTuple


class Allowance(NamedTuple):
    """`member`, `total`: bytes unpacked of one member and in all. `ratio`: unpacked to packed, of what is over `free`
    bytes. `seconds` for all of it; `depth`: how many containers may lie in each other."""

    member: int = 64 << 20
    total: int = 1 << 30
    members: int = 20_000
    ratio: int = 200
    free: int = 1 << 20
    seconds: float = 60.0
    depth: int = 3


class Member(NamedTuple):
    """A file in a container."""

    name: bytes
    content: bytes


class Refusal(NamedTuple):
    """What was not unpacked, and why; `name` is empty for the container itself or the rest of it."""

    name: bytes
    reason: str


class RefusedError(Exception):
    """A member that is not read. The message is the reason."""


class SpentError(RefusedError):
    """Nothing more of the container is read."""


class Reads(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Budget:
    """What is left of an allowance for one outermost container. `clock` in seconds."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float]) -> None:
        self.allowance = allowance
        self._clock = clock
        self._deadline = clock() + allowance.seconds
        self._bytes, self._members = allowance.total, allowance.members

    def open_member(self) -> None:
        """Counts one member. Raises SpentError."""
        self._members -= 1
        if self._members < 0:
            raise SpentError(f"it has more than {self.allowance.members:,} members; the rest is not read")
        self.check_time()

    def check_time(self) -> None:
        if self._clock() > self._deadline:
            raise SpentError(f"unpacking it took more than {self.allowance.seconds:g} s; the rest is not read")

    def take(self, size: int) -> None:
        """Counts unpacked bytes. Raises SpentError."""
        self._bytes -= size
        if self._bytes < 0:
            raise SpentError(f"it unpacks to more than {self.allowance.total >> 20:,} MiB; the rest is not read")
        self.check_time()


class Bounded:
    """A stream of unpacked bytes that stops being read when it grows too much. `packed`: bytes it comes from."""

    def __init__(self, stream: Reads, packed: int, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        allowance = budget.allowance
        self._most = max(allowance.free, packed * allowance.ratio)
        self._done = 0

    def read(self, size: int = -1) -> bytes:
        """At most a MiB at a time. Raises RefusedError."""
        wanted = 1 << 20 if size < 0 else min(size, 1 << 20)
        data = self._stream.read(wanted)
        self._done += len(data)
        self._budget.take(len(data))
        if self._done > self._most:
            raise RefusedError(f"it grows to more than {self._budget.allowance.ratio} times its size: a bomb")
        return data


def read_all(stream: Reads, limit: int) -> bytes:
    """The rest of a stream. Raises RefusedError where it is more than `limit` bytes."""
    parts: list[bytes] = []
    total = 0
    while data := stream.read(1 << 20):
        parts.append(data)
        total += len(data)
        if total > limit:
            raise RefusedError(f"it is over the limit of {limit >> 20:,} MiB")
    return b"".join(parts)


def size_of(file: BinaryIO) -> int:
    here = file.tell()
    size = file.seek(0, 2)
    file.seek(here)
    return size

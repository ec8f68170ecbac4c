"""Gathers whole objects into slabs."""

from __future__ import annotations

from keyguard.model import Slab


class SlabBuilder:
    """Collects objects; `full` says when it is worth scanning what has come together."""

    def __init__(self, size: int = 4 << 20) -> None:
        self._size = size
        self._clear()

    def _clear(self) -> None:
        self._parts: list[bytes] = []
        self._starts: list[int] = []
        self._owners: list[int] = []
        self.length = 0

    def add_whole(self, owner: int, content: bytes) -> None:
        """Adds an object that is scanned from its first byte to its last."""
        self._starts.append(self.length)
        self._owners.append(owner)
        self._parts.append(content)
        self._parts.append(b"\n")
        self.length += len(content) + 1

    @property
    def full(self) -> bool:
        return self.length >= self._size

    def take(self) -> Slab:
        """All that was added since the last time."""
        slab = Slab(b"".join(self._parts), self._starts, self._owners, [0] * (len(self._owners) + 1), b"", [])
        self._clear()
        return slab

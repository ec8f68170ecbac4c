"""Scans what is inside containers: archives, compressed files, databases, and those in each other."""

from __future__ import annotations

import io
import time
from typing import BinaryIO, Protocol

from keyguard.model import Provenance, Skip
from keyguard.sources.container_kinds import HEAD, SEPARATOR, SQLITE, kind_of
from keyguard.sources.containers.budget import Allowance, Budget, Refusal
from keyguard.sources.containers.unpacking import unpack

PLAIN = Allowance()


class Taker(Protocol):
    """What scans the members: see `scan.files.Batch`."""

    skips: list[Skip]

    def add(self, kind: str, path: bytes, content: bytes, provenance: Provenance | None = None) -> None: ...


class Unpacker:
    """Unpacks into a batch. A member's path is that of the container, the separator, and its own."""

    def __init__(self, batch: Taker, allowance: Allowance = PLAIN, provenance: Provenance | None = None) -> None:
        self._batch, self._allowance, self._provenance = batch, allowance, provenance

    def add(self, path: bytes, content: bytes) -> None:
        """Adds a file with all that is in it. Its own bytes are left out where its members are all of it."""
        kind = kind_of(content[:HEAD])
        if not kind or not self.open(kind, path, io.BytesIO(content)):
            self._batch.add("file", path, content, self._provenance)

    def open_content(self, path: bytes, content: bytes) -> None:
        """Adds the members of a container, and not its own bytes."""
        self.open(kind_of(content[:HEAD]), path, io.BytesIO(content))

    def open(self, kind: str, path: bytes, file: BinaryIO) -> bool:
        """Adds the members of a container; True where its own bytes hold nothing more."""
        return self._open(kind, path, file, Budget(self._allowance, time.monotonic), 1)

    def _open(self, kind: str, path: bytes, file: BinaryIO, budget: Budget, depth: int) -> bool:
        complete = kind != SQLITE  # what was deleted is still in its bytes
        for each in unpack(kind, path, file, budget):
            inner = path + SEPARATOR + each.name if each.name else path
            if isinstance(each, Refusal):
                self._refuse(inner, each.reason)
                complete = False
            else:
                self._add(inner, each.content, budget, depth)
        return complete

    def _add(self, path: bytes, content: bytes, budget: Budget, depth: int) -> None:
        kind = kind_of(content[:HEAD])
        if kind and depth >= self._allowance.depth:
            self._refuse(path, f"it lies in {depth} containers in each other; it is not unpacked")
        elif kind and self._open(kind, path, io.BytesIO(content), budget, depth + 1):
            return
        self._batch.add("file", path, content, self._provenance)

    def _refuse(self, path: bytes, reason: str) -> None:
        self._batch.skips.append(Skip(path.decode("utf-8", "replace"), reason))

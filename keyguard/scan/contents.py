"""Reads single objects of a repository by name, wherever they lie."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from keyguard.git.catfile import CatFile
from keyguard.odb.loose import read_loose
from keyguard.odb.reader import Reader
from keyguard.odb.store import Store


class Contents:
    """Reads natively where that works, else through git. `known` are contents that were read before."""

    def __init__(self, store: Store, git: CatFile, known: Mapping[str, bytes], limit: int) -> None:
        self._store, self._git, self._known, self._limit = store, git, known, limit
        self._readers = [Reader(pack, limit) for pack in store.packs]

    def read(self, name: str) -> bytes:
        """The content of an object (hex name). Raises ObjectError where it cannot be read."""
        if name in self._known:
            return self._known[name]
        try:
            found = self._read(name)
        except (ValueError, OSError):
            found = None
        return self._git.read(name)[1] if found is None else found

    def _read(self, name: str) -> bytes | None:
        key = np.array([int(name[:16], 16)], np.uint64)
        for pack, reader in zip(self._store.packs, self._readers):
            number = int(pack.find(key)[0])
            if number >= 0 and pack.name(number) == name:
                return reader.read(number)
        path = self._store.loose.get(name)
        return read_loose(path, self._limit).content if path else None



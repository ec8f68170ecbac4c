"""Reads single objects of a repository by name, wherever they lie."""

from __future__ import annotations

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile
from keyguard.odb.loose import read_loose
from keyguard.odb.reader import Reader
from keyguard.odb.store import Store

_REMEMBERED = 8 << 20


class Contents:
    """Reads natively where that works, else through git. `lost`: what could be read before and can no more, and why."""

    def __init__(self, store: Store, git: CatFile, limit: int) -> None:
        self._store, self._git, self._limit = store, git, limit
        # When single objects are read, all that is known of the history is held as well.
        self._readers = [Reader(pack, limit, _REMEMBERED) for pack in store.packs]
        self.lost: dict[str, str] = {}

    def read(self, name: str) -> bytes:
        """The content of an object (hex name); nothing where it is lost."""
        try:
            found = self._read(name)
        except (ValueError, OSError):
            found = None
        if found is not None:
            return found
        try:
            return self._git.read(name)[1]
        except (ObjectError, GitError) as error:
            self.lost[name] = str(error)
            return b""

    def _read(self, name: str) -> bytes | None:
        for pack, reader in zip(self._store.packs, self._readers):
            number = pack.number_of(name)
            if number >= 0:
                content = reader.read(number)
                pack.release()
                return content
        path = self._store.loose.get(name)
        return read_loose(path, self._limit).content if path else None

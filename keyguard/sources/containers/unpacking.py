"""Opens a container of any kind and gives its members; what cannot be read is refused with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from keyguard.sources.container_kinds import SEVEN_ZIP, SQLITE, TAR, ZIP
from keyguard.sources.containers.archives import BROKEN, seven_zip_members, tar_members, zip_members
from keyguard.sources.containers.budget import Budget, Member, Refusal, RefusedError
from keyguard.sources.containers.databases import sqlite_members
from keyguard.sources.containers.streams import stream_members

_OPENERS = {ZIP: zip_members, TAR: tar_members, SEVEN_ZIP: seven_zip_members, SQLITE: sqlite_members}


def unpack(kind: str, path: bytes, file: BinaryIO, budget: Budget) -> Iterator[Member | Refusal]:
    """The members of a container, in its order, then a refusal without a name where the rest cannot be read."""
    opener = _OPENERS.get(kind)
    try:
        yield from opener(file, budget) if opener else stream_members(kind, path, file, budget)
    except RefusedError as refused:
        yield Refusal(b"", str(refused))
    except BROKEN as error:
        yield Refusal(b"", f"it cannot be unpacked: {' '.join(str(error).split())[:120] or type(error).__name__}")

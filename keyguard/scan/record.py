"""All that one scan of a history has gathered, before it is said where things stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from keyguard.git.refs import Ref
from keyguard.git.revisions import Reach
from keyguard.odb.treesources import Source
from keyguard.scan.ancestry import Timeline
from keyguard.scan.asked import Asked
from keyguard.scan.census import Census
from keyguard.scan.contents import Contents


class Record(NamedTuple):
    """`wanted` is the part of history that was asked for, None for everything."""

    trees: Sequence[Source]
    census: Census
    asked: Asked
    contents: Contents
    refs: Sequence[Ref]
    timeline: Timeline
    wanted: Reach | None

    def is_wanted(self, name: str) -> bool:
        return self.wanted is None or name in self.wanted.objects

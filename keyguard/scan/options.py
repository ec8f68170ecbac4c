"""What a scan can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from keyguard.model import Confidence, Silencing, Tick
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.silence import Override

OnTick = Callable[[Tick], None] | None


class ScanOptions(NamedTuple):
    """`jobs` 0: one process a core. `engine`: auto, hyperscan or portable. `delta` False: all objects whole.

    `cache`: folder for compiled rules, None for none. `rules`: more provider files. `disabled`: rule ids. `exclude`:
    glob patterns of paths. `max_object`: larger ones are scanned in pieces; `memory`: bytes of content held in one
    process; `slab`: about what is scanned at a time, and of packed content by one task; all in bytes. `explain`: give
    the reasons of each finding. `overrides` and `silencing`: what a person's files say of rules and of findings.
    `decode_depth`: how many encodings may lie in each other; 0 decodes nothing. `containers`: look into
    archives and the like; None does in working trees and not in histories.
    """

    min_confidence: Confidence = Confidence.MEDIUM
    jobs: int = 0
    engine: str = "auto"
    delta: bool = True
    cache: str | PathLike[str] | None = None
    rules: tuple[str | PathLike[str], ...] = ()
    disabled: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    include_ignored: bool = False
    use_git: bool = True
    max_object: int = 64 << 20
    memory: int = 256 << 20
    slab: int = 4 << 20
    explain: bool = False
    overrides: tuple[Override, ...] = ()
    silencing: Silencing = Silencing()
    decode_depth: int = 3
    containers: bool | None = None


class HistoryRange(NamedTuple):
    """The part of a history to scan: from a branch, since a date or revision, ranges A..B. Empty: everything."""

    branch: str = ""
    since: str = ""
    revs: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        return not (self.branch or self.since or self.revs)


PLAIN = ScanOptions()
EVERYTHING = HistoryRange()

"""Everything a report format may use."""

from __future__ import annotations

from keyguard.model.finding import Finding
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.rule import Rule
from keyguard.model.silence import Allowed


class Skip(NamedTuple):
    """Something that could not be read or was left out, and why.

    `complete` is True where leaving it out was right (a submodule, a promised object): it is told, and the scan still
    counts as complete. `what` names the path or the object.
    """

    what: str
    reason: str
    complete: bool = False


class Stats(NamedTuple):
    """Counts of one scan. Sizes are bytes; `scanned` is what went through the engine, `content` what it stood for."""

    objects: int = 0
    files: int = 0
    content: int = 0
    scanned: int = 0
    seconds: float = 0.0


class Home(NamedTuple):
    """A file in which keys lie on a workstation: of which tool, and what is wrong with it.

    `arguments` are those of its `secrets` that were passed to a program on a command line. `mode` are permissions that
    are too open, -1 where they are not.
    """

    kind: str
    tool: str
    path: bytes
    secrets: int
    arguments: int
    mode: int = -1


class Report(NamedTuple):
    """The outcome of one scan: findings and skips in a fixed order, and the rules that ran.

    `allowed` are findings that do not count, each with what allowed it; `notes` are for the person who keeps the
    baseline and the ignore file. `homes` tell of a scan of a workstation, place by place.
    """

    target: str
    mode: str
    findings: tuple[Finding, ...]
    skipped: tuple[Skip, ...]
    stats: Stats
    rules: tuple[Rule, ...]
    allowed: tuple[Allowed, ...] = ()
    notes: tuple[str, ...] = ()
    homes: tuple[Home, ...] = ()

    @property
    def complete(self) -> bool:
        return all(skip.complete for skip in self.skipped)

    @property
    def exit_code(self) -> int:
        """3 where something could not be read, else 1 with findings, else 0."""
        if not self.complete:
            return 3
        return 1 if self.findings else 0


class Tick(NamedTuple):
    """Progress of a running scan: objects done and in all, bytes scanned, secrets found so far."""

    done: int
    total: int
    size: int
    findings: int

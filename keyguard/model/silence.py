"""What keeps a finding out of the count, and the trace that it leaves."""

from __future__ import annotations

from keyguard.model.finding import Finding
from keyguard.model.grade import Confidence, Severity
from keyguard.model.namedtuple import NamedTuple


class Allowance(NamedTuple):
    """Who allowed a secret. `by`: inline, config, rules, ignore-file or baseline; `where`: its words or its place."""

    by: str
    where: str
    reason: str = ""


class Allowed(NamedTuple):
    """A finding, with those of its places that one allowance covers."""

    finding: Finding
    allowance: Allowance


class Exemption(NamedTuple):
    """Matches that are no findings. Each filled list is one condition, met by any of its members.

    All conditions must hold where `every` is set, else one. `rules` (ids or provider ids; empty: all) must hold always.
    `paths`, `values`, `matches` (all that the rule's pattern matched) and `lines` are regular expressions that are
    searched for; `stopwords` are lower-case and looked for in the value; `globs` are gitignore patterns.
    """

    by: str
    where: str
    reason: str = ""
    every: bool = True
    rules: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    stopwords: tuple[str, ...] = ()


class Override(NamedTuple):
    """What a person's settings say of one rule; None where they are silent."""

    rule: str
    severity: Severity | None = None
    confidence: Confidence | None = None
    enabled: bool = True


class IgnoreLine(NamedTuple):
    """One line of an ignore file: a fingerprint or a gitignore pattern. `until`: the last day it counts (ISO) or ""."""

    where: str
    fingerprint: str
    pattern: str
    until: str
    reason: str


class IgnoreFile(NamedTuple):
    """`folder` is what its patterns count from; `salt` is "" where it names none."""

    path: str
    folder: bytes
    salt: str
    lines: tuple[IgnoreLine, ...]


class Known(NamedTuple):
    """One secret of a baseline. `paths` are where it was last seen; `audit` is "real", "false" or ""."""

    fingerprint: str
    rule: str
    masked: str
    paths: tuple[str, ...]
    audit: str = ""
    note: str = ""


class Baseline(NamedTuple):
    """Secrets that are known already. `salt` is what their fingerprints were made with."""

    path: str
    salt: str
    entries: tuple[Known, ...]


class Silencing(NamedTuple):
    """All that one scan is told not to count.

    Paths of a working tree are judged as seen from `root`; `today` (ISO) is what expiry dates are held against. `salt`
    wins over that of all files.
    """

    root: bytes = b""
    today: str = ""
    salt: str = ""
    exemptions: tuple[Exemption, ...] = ()
    ignores: tuple[IgnoreFile, ...] = ()
    baseline: Baseline | None = None

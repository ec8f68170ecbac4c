"""Looks up what keyguard finds at a place that another scanner names: a line of a file, now or at a commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from keyguard.errors import KeyguardError
from keyguard.git.catfile import CatFile
from keyguard.git.refs import resolve
from keyguard.git.repository import Repository
from keyguard.model import Confidence, Finding
from keyguard.model.silence import Known
from keyguard.scan.files import Batch
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import ScanOptions
from keyguard.triage.baseline import known_secret
from keyguard.triage.group import Sighting, group

_LARGEST = 64 << 20


class Places:
    """Reads and scans each text once. `salt` is what fingerprints are made with."""

    def __init__(self, root: Path, repository: Repository | None, salt: str, options: ScanOptions) -> None:
        self._root, self._repository, self._salt = root, repository, salt
        self._matcher = open_matcher(options)
        self._texts: dict[tuple[str, str], bytes | None] = {}
        self._found: dict[tuple[str, str], list[Sighting]] = {}

    def text(self, path: str, commit: str = "") -> bytes | None:
        """The content of a file in the working tree (where it is gone: in HEAD), or at a commit; None without one."""
        if (path, commit) not in self._texts:
            self._texts[path, commit] = self._read(path, commit)
        return self._texts[path, commit]

    def found(self, path: str, commit: str = "") -> list[Sighting]:
        """Everything that is found in a file, unsure matches too."""
        if (path, commit) not in self._found:
            text = self.text(path, commit)
            batch = Batch(self._matcher, Confidence.LOW)
            if text is not None:
                batch.add("file", os.fsencode(path), text)
            self._found[path, commit] = batch.outcome(0).sightings
        return self._found[path, commit]

    def on_line(self, path: str, line: int, commit: str = "") -> list[Sighting]:
        """What is found on a line, else on the lines beside it: scanners differ on a line end before a match."""
        found = self.found(path, commit)
        for near in (0, 1):
            mine = [each for each in found if _touches(each, line, near)]
            if mine:
                return mine
        return []

    def known(self, sightings: Sequence[Sighting], path: str) -> list[Known]:
        return [known_secret(finding, [path]) for finding in self._findings(sightings)]

    def _findings(self, sightings: Sequence[Sighting]) -> tuple[Finding, ...]:
        return group(self._matcher.rules, sightings, self._salt.encode())

    def _read(self, path: str, commit: str) -> bytes | None:
        if not commit:
            try:
                return (self._root / path).read_bytes()
            except OSError:
                commit = "HEAD"
        if self._repository is None:
            return None
        name = path.replace(os.sep, "/")
        try:
            oid = resolve(self._repository, f"{commit}:{name}")
            with CatFile(self._repository) as git:
                kind, content = git.read(oid, _LARGEST)
        except KeyguardError:
            return None
        return content if kind == "blob" else None


def _touches(sighting: Sighting, line: int, near: int) -> bool:
    location = sighting.occurrence.location
    return location.line - near <= line <= location.end_line + near

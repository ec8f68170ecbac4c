"""Looks for known findings again at their places, to get at secrets that a report does not hold."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile
from keyguard.git.repository import find_repository
from keyguard.model import Confidence, Finding
from keyguard.scan.files import FileScanner
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import PLAIN, ScanOptions
from keyguard.scan.salt import repository_key
from keyguard.triage.group import Sighting, group


class Places(NamedTuple):
    """Where to look: files by path, stored objects by hex name."""

    files: tuple[bytes, ...] = ()
    objects: tuple[str, ...] = ()


def scan_again(places: Places, folder: str, options: ScanOptions = PLAIN) -> tuple[Finding, ...]:
    """All findings in these files (from `folder`) and objects (of its repository); what is gone is passed over.

    Fingerprints are those that a scan of `folder` gives.
    """
    options = options._replace(min_confidence=Confidence.LOW)
    matcher = open_matcher(options)
    scanner = FileScanner(matcher, options.min_confidence, options.max_object)
    paths = [os.path.join(os.fsencode(folder), path) for path in places.files]
    sightings = list(scanner.run([path for path in paths if os.path.isfile(path)]).sightings)
    repository = find_repository(os.fsencode(folder)) if options.use_git else None
    if repository is not None and places.objects:
        with CatFile(repository) as git:
            sightings += _in_objects(scanner, git, places.objects, options.max_object)
    return group(matcher.rules, sightings, repository_key(repository, options.cache)) if sightings else ()


def _in_objects(scanner: FileScanner, git: CatFile, names: Iterable[str], limit: int) -> list[Sighting]:
    sightings: list[Sighting] = []
    for name in names:
        try:
            content = git.read(name, limit)[1]
        except (ObjectError, GitError):
            continue
        sightings += scanner.run_text("file", content).sightings
    return sightings

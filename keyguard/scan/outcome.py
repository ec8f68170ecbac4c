"""What a scan of changes or of a message found, as a report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keyguard.model import Report, Stats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.git.place import Place
    from keyguard.model import Finding, Skip
    from keyguard.scan.files import FilesOutcome
    from keyguard.scan.matcher import Matcher
    from keyguard.scan.options import ScanOptions


def change_report(
    mode: str,
    matcher: Matcher,
    options: ScanOptions,
    place: Place,
    started: float,
    outcome: FilesOutcome,
    skips: Sequence[Skip] = (),
    objects: int = 0,
) -> Report:
    """`objects`: commits that were read. The repository is asked for its fingerprint key only where that is needed."""
    from keyguard.scan.silencing import settle

    settled = settle(matcher.rules, outcome.sightings, options.silencing, lambda: _key(place, options), whole=False)
    findings, allowed, notes = settled
    if mode == "staged":  # no commit has it; up to here provenance said that paths count from the top
        findings = tuple(map(_bare, findings))
        allowed = tuple(each._replace(finding=_bare(each.finding)) for each in allowed)
    return Report(
        target=place.folder or ".",
        mode=mode,
        findings=findings,
        skipped=tuple(sorted({*skips, *outcome.skips})),
        stats=Stats(objects, outcome.files, outcome.content, outcome.scanned, time.monotonic() - started),
        rules=matcher.rules,
        allowed=allowed,
        notes=notes,
    )


def _bare(finding: Finding) -> Finding:
    return finding._replace(occurrences=tuple(each._replace(provenance=None) for each in finding.occurrences))


def _key(place: Place, options: ScanOptions) -> bytes:
    from keyguard.git.repository import locate_repository
    from keyguard.scan.salt import repository_key

    return repository_key(locate_repository(place), options.cache)

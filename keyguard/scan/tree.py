"""Scans working trees, plain folders, single files, and standard input."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import BinaryIO

from keyguard.git.repository import find_repository
from keyguard.model import Report, Skip, Stats, Tick
from keyguard.scan.files import FileScanner, FilesOutcome
from keyguard.scan.matcher import Matcher, open_matcher
from keyguard.scan.options import PLAIN, OnTick, ScanOptions
from keyguard.scan.paths import Excluded
from keyguard.scan.salt import repository_key
from keyguard.scan.silencing import Settled, settle
from keyguard.sources.listing import list_targets
from keyguard.triage.group import Sighting

_FEW_FILES = 500  # another process would not be worth starting
_FILES_A_TASK = 100  # of the last task one process waits for the others


def scan_tree(paths: Sequence[str | os.PathLike[str]], options: ScanOptions = PLAIN, on_tick: OnTick = None) -> Report:
    """Scans files and folders; in a repository the files that git does not ignore.

    Raises KeyguardError for a path that is not there; what cannot be read inside becomes a Skip.
    """
    started = time.monotonic()
    targets = [os.fsencode(path) for path in paths]
    matcher = open_matcher(options, options.silencing.root)
    listing = list_targets(targets, include_ignored=options.include_ignored, use_git=options.use_git)
    files = Excluded(options.exclude).without(listing.files)
    total = _run(matcher, files, options, on_tick)
    return _report(" ".join(map(str, paths)), "tree", matcher, options, started, total, listing.skipped, targets)


def scan_stdin(stream: BinaryIO, options: ScanOptions = PLAIN) -> Report:
    """Scans everything a stream gives."""
    started = time.monotonic()
    matcher = open_matcher(options)
    outcome = _scanner(matcher, options).run_text("stdin", stream.read())
    return _report("-", "stdin", matcher, options, started, outcome, [], [])


def _scanner(matcher: Matcher, options: ScanOptions) -> FileScanner:
    looks_inside = options.containers is not False
    return FileScanner(matcher, options.min_confidence, options.max_object, containers=looks_inside)


def _run(matcher: Matcher, files: list[bytes], options: ScanOptions, on_tick: OnTick) -> FilesOutcome:
    scanner = _scanner(matcher, options)
    if len(files) <= _FEW_FILES:
        return scanner.run(files)
    from keyguard.scan.pool import jobs_of, run_tasks

    tasks = [files[start : start + _FILES_A_TASK] for start in range(0, len(files), _FILES_A_TASK)]
    total = FilesOutcome(0, 0, 0, [], [])
    for outcome in run_tasks(scanner, tasks, jobs_of(options.jobs)):
        total = total.plus(outcome)
        if on_tick:
            values = {sighting.value for sighting in total.sightings}
            on_tick(Tick(total.files, len(files), total.content, len(values)))
    return total


def _report(
    target: str,
    mode: str,
    matcher: Matcher,
    options: ScanOptions,
    started: float,
    outcome: FilesOutcome,
    skips: list[Skip],
    targets: list[bytes],
) -> Report:
    settled = _settle(matcher, outcome.sightings, options, targets)
    return Report(
        target=target,
        mode=mode,
        findings=settled.findings,
        skipped=tuple(sorted({*skips, *outcome.skips})),
        stats=Stats(0, outcome.files, outcome.content, outcome.scanned, time.monotonic() - started),
        rules=matcher.rules,
        allowed=settled.allowed,
        notes=(*matcher.notes, *settled.notes),
    )


def _settle(matcher: Matcher, sightings: list[Sighting], options: ScanOptions, targets: list[bytes]) -> Settled:
    """The repository is asked for its fingerprint key only where it is needed."""
    root = options.silencing.root
    whole = bool(root) and not options.exclude and any(os.path.realpath(target) == root for target in targets)

    def key() -> bytes:
        repository = find_repository(targets[0] if targets else b".") if options.use_git else None
        return repository_key(repository, options.cache)

    return settle(matcher.rules, sightings, options.silencing, key, whole=whole)

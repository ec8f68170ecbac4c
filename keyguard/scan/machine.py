"""Scans the places where keys lie on a workstation: nothing is asked of anybody, nothing is changed."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import ObjectError
from keyguard.model import Finding, Home, Report, Stats, Tick
from keyguard.scan.files import FileScanner, FilesOutcome
from keyguard.scan.machine_commands import is_argument, read_before, scan_processes
from keyguard.scan.machine_places import HISTORY
from keyguard.scan.machine_search import Machine, Spot, search
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import PLAIN, OnTick, ScanOptions
from keyguard.scan.salt import repository_key
from keyguard.scan.silencing import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.scan.matcher import Matcher

_OPEN: Final = 0o077
_FILES_A_TASK: Final = 40
_PROCESS: Final = b"/proc/"


class Held(NamedTuple):
    """What one file holds: how many secrets, and how many of them were passed to a program as an argument."""

    secrets: int
    arguments: int


def scan_machine(
    machine: Machine, options: ScanOptions = PLAIN, on_tick: OnTick = None, *, processes: bool = False
) -> Report:
    """Scans what there is. `processes`: the command lines of this person's running programs too, on Linux.

    Notes tell place by place what was found, and which permissions are too open.
    """
    started = time.monotonic()
    matcher = open_matcher(options, options.silencing.root)
    found = search(machine)
    outcome = _run(matcher, found.spots, options, on_tick)
    if processes:
        outcome = outcome.plus(scan_processes(matcher, options.min_confidence))
    settled = settle(
        matcher.rules, outcome.sightings, options.silencing, lambda: repository_key(None, options.cache), whole=False
    )
    homes = tuple(_homes(found.spots, settled.findings))
    notes = [*map(_note, homes), *_process_notes(settled.findings)]
    return Report(
        target=machine.home,
        mode="machine",
        findings=settled.findings,
        skipped=tuple(sorted({*found.skips, *outcome.skips})),
        stats=Stats(0, outcome.files, outcome.content, outcome.scanned, time.monotonic() - started),
        rules=matcher.rules,
        allowed=settled.allowed,
        notes=(*matcher.notes, *settled.notes, *notes),
        homes=homes,
    )


def _run(matcher: Matcher, spots: Sequence[Spot], options: ScanOptions, on_tick: OnTick) -> FilesOutcome:
    from keyguard.scan.pool import jobs_of, run_tasks

    looks_inside = options.containers is not False
    scanner = FileScanner(matcher, options.min_confidence, options.max_object, containers=looks_inside)
    files = [spot.path for spot in spots]
    tasks = [files[start : start + _FILES_A_TASK] for start in range(0, len(files), _FILES_A_TASK)]
    total = FilesOutcome(0, 0, 0, [], [])
    for outcome in run_tasks(scanner, tasks, jobs_of(options.jobs) if len(tasks) > 2 else 1):
        total = total.plus(outcome)
        if on_tick:
            on_tick(Tick(total.files, len(files), total.content, len({each.value for each in total.sightings})))
    return total


def _homes(spots: Sequence[Spot], findings: Iterable[Finding]) -> Iterator[Home]:
    """The files that hold something, or that others may read and should not."""
    held = _held(spots, findings)
    for place, path, mode in spots:
        mine = held.get(path, Held(0, 0))
        is_open = mode >= 0 and mode & _OPEN and (mine.secrets or place.private)
        if mine.secrets or is_open:
            yield Home(place.kind, place.tool, path, *mine, mode if is_open else -1)


def _note(home: Home) -> str:
    path = home.path.decode("utf-8", "replace")
    parts = [f"{home.secrets} secret{'' if home.secrets == 1 else 's'}"] if home.secrets else []
    if home.arguments:
        parts[0] += f", {home.arguments} passed on a command line"
    if home.mode >= 0:
        parts.append(f"permissions {home.mode:04o}, 0600 expected: chmod 600 {shlex.quote(path)}")
    return f"{home.kind}, {home.tool}: {path}: {'; '.join(parts)}"


def _held(spots: Sequence[Spot], findings: Iterable[Finding]) -> dict[bytes, Held]:
    histories = {spot.path for spot in spots if spot.place.kind == HISTORY}
    held: dict[bytes, Held] = {}
    for finding in findings:
        for path, starts in _places(finding).items():
            before = held.get(path, Held(0, 0))
            passed = path in histories and any(_is_passed(path, start) for start in starts)
            held[path] = Held(before.secrets + 1, before.arguments + passed)
    return held


def _places(finding: Finding) -> dict[bytes, list[int]]:
    """Where a finding stands, by file; what lies in a container counts for that."""
    places: dict[bytes, list[int]] = {}
    for occurrence in finding.occurrences:
        path = occurrence.location.path.partition(b"!")[0]
        places.setdefault(path, []).append(occurrence.location.start)
    return places


def _is_passed(path: bytes, start: int) -> bool:
    try:
        return is_argument(read_before(path, start))
    except (OSError, ObjectError):
        return False  # it changed since: nothing is known


def _process_notes(findings: Iterable[Finding]) -> Iterator[str]:
    numbers = {
        place.location.path.split(b"/")[2].decode()
        for finding in findings
        for place in finding.occurrences
        if place.location.path.startswith(_PROCESS)
    }
    for number in sorted(numbers, key=int):
        yield f"running program {number}: a secret on its command line, which everybody on this machine may read"

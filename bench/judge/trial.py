"""Scans the labelled data with judges that never saw the owner of what they judge."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from judge.samples import Sample, files, owners, read_samples
from judge.train import learn, read_counts, split
from judge.vocabulary import Counts
from keyguard.model import Confidence
from keyguard.scan.files import FileScanner
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import PLAIN
from keyguard.triage.judge.court import Court


class Told(NamedTuple):
    """One finding as score.py reads it."""

    file: str
    line_start: int
    line_end: int
    secret: str
    rule: str


class _Fold(NamedTuple):
    root: Path
    held_out: set[str]
    samples: list[Sample]
    counts: dict[str, Counts]


def cross_validate(root: Path, folds: int, jobs: int) -> list[Told]:
    """What whole scans at default settings report, each owner's files with a judge trained on those of others."""
    samples, counts = read_samples(root), read_counts(root)
    groups = split(samples, folds)
    groups[0] |= set(counts).difference(*groups)
    with get_context("spawn").Pool(jobs) as pool:
        found = pool.map(_run, [_Fold(root, group, samples, counts) for group in groups], 1)
    return sorted(told for some in found for told in some)


def _run(fold: _Fold) -> list[Told]:
    owner = owners(fold.root)
    mine = [path for path in sorted(files(fold.root)) if owner[path.split("/")[1]] in fold.held_out]
    matcher = open_matcher(PLAIN)
    matcher.context.seat(Court(learn(fold.samples, fold.counts, fold.held_out)))
    scanner = FileScanner(matcher, Confidence.MEDIUM, PLAIN.max_object)
    return list(_scan(scanner, fold.root, mine))


def _scan(scanner: FileScanner, root: Path, paths: list[str]) -> Iterator[Told]:
    outcome = scanner.run([bytes(root / path) for path in paths])
    for sighting in outcome.sightings:
        place = sighting.occurrence.location
        path = Path(place.path.decode()).relative_to(root).as_posix()
        # What was decoded does not stand in the file: the scorer goes by the line.
        value = b"" if place.decoded else sighting.value
        yield Told(path, place.line, place.end_line, value.decode("utf-8", "replace"), str(sighting.rule))

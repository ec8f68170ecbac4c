"""`keyguard baseline`: look through the secrets a team knows of already, and decide on each."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from keyguard.commands.options import cache_place, debug
from keyguard.commands.silencing import read_baseline
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Finding, Report
    from keyguard.model.silence import Baseline, Known
    from keyguard.scan import ScanOptions
    from keyguard.ui.review import Tally, View

EPILOG = """\b
Examples:
  keyguard scan --write-baseline baseline.json   know what is there today
  keyguard scan --baseline baseline.json         count what is new
  keyguard baseline audit baseline.json          decide on what is there
  keyguard baseline show baseline.json
"""


@click.group("baseline", epilog=EPILOG)
@debug
def command() -> None:
    """Look through the secrets that a team knows of already."""


@command.command("show")
@click.argument("file")
@debug
def show(file: str) -> int:
    """List the secrets in a baseline and what was said of them."""
    from keyguard.ui.review import tally

    baseline = read_baseline(file)
    for entry in baseline.entries:
        where = ", ".join(entry.paths) or "(no path)"
        click.echo(f"{entry.audit or 'open':<6} {entry.fingerprint}  {entry.rule}  {entry.masked}  {where}")
    click.echo(_told(tally(baseline.entries)))
    return 0


@command.command("audit")
@click.argument("file")
@click.argument("target", default=os.curdir, type=click.Path(exists=True))
@debug
def audit(file: str, target: str) -> int:
    """Decide on each secret in a baseline: is it real?

    The secrets are found again in TARGET (the current folder unless named) and in its history, and shown masked with
    the lines around them. Each answer is kept at once; the next run goes on where this one ended.
    """
    baseline = read_baseline(file)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise KeyguardError("an audit needs a terminal: it asks about each secret", "keyguard baseline show FILE lists")
    from keyguard.ui.review import review

    def keep(entries: Sequence[Known]) -> None:
        _save(baseline._replace(entries=tuple(entries)))

    click.echo(_told(review(_views(baseline, target), _ask, click.echo, keep)))
    return 0


def _ask() -> str:
    try:
        return click.getchar()
    except (EOFError, KeyboardInterrupt):
        return ""


def _save(baseline: Baseline) -> None:
    from keyguard.commands.output import write_file
    from keyguard.triage.baseline import write_baseline

    def write(stream: TextIO) -> None:
        stream.write(write_baseline(baseline))

    write_file(baseline.path, write, private=False)


def _told(counts: Tally) -> str:
    return f"{counts.real} real, {counts.false} false, {counts.left} open"


def _views(baseline: Baseline, target: str) -> list[View]:
    from keyguard.git.repository import find_repository
    from keyguard.report.places import origin_label, place_label
    from keyguard.report.redaction import Redaction
    from keyguard.report.visible import visible
    from keyguard.scan.excerpt import excerpt
    from keyguard.ui.review import View

    repository = find_repository(os.fsencode(target))
    there = _found(baseline, target, history=repository is not None)
    found = {each.fingerprint: each for each in there}
    secrets = list({each.secret for each in there})
    redaction = Redaction(tuple(secrets), shown=False)
    views: list[View] = []
    for entry in baseline.entries:
        finding = found.get(entry.fingerprint)
        if finding is None:
            views.append(View(entry, "", ()))
            continue
        place = finding.occurrences[0]
        path = visible(redaction.name(place.location.path).decode("utf-8", "replace"))
        origin = origin_label(place.provenance, redaction, finding.secret)
        lines = excerpt(place, secrets, repository) or ("(the text cannot be read)",)
        views.append(View(entry, f"{place_label(place.location, path)}  {origin}".rstrip(), lines))
    return views


def _found(baseline: Baseline, target: str, *, history: bool) -> list[Finding]:
    """All secrets that are there now, also those that are allowed; those of the tree come last."""
    from keyguard.scan.tree import scan_tree

    options = _options(baseline, target)
    found = _all(scan_tree([target], options))
    if history and {entry.fingerprint for entry in baseline.entries} - {each.fingerprint for each in found}:
        from keyguard.scan.history import scan_history

        found = [*_all(scan_history(target, options)), *found]
    return found


def _all(report: Report) -> list[Finding]:
    return [*(each.finding for each in report.allowed), *report.findings]


def _options(baseline: Baseline, target: str) -> ScanOptions:
    """Everything is looked at, with the rules and paths that the settings name, and nothing is silenced but in line."""
    from keyguard.commands.config import Config, find_config, read_config
    from keyguard.model import Confidence, Silencing
    from keyguard.scan import ScanOptions

    path = find_config(target)
    config = read_config(path) if path else Config()
    return ScanOptions(
        min_confidence=Confidence.LOW,
        cache=cache_place(),
        rules=tuple(Path(rule) for rule in config.rules),
        exclude=config.exclude,
        silencing=Silencing(salt=baseline.salt),
    )

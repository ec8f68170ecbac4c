"""`keyguard scan`: wishes from the command line and the configuration file, to the scan service, to reports."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from keyguard.commands.config import CONFIDENCES, ENGINES, Config, find_config, read_config
from keyguard.commands.options import FORMATS, cache_place, colored, debug, size
from keyguard.commands.output import STDOUT, Destination, check, pair, write_file, write_stdout
from keyguard.commands.target import STDIN, Target, choose
from keyguard.model import Confidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from keyguard.model import Report
    from keyguard.scan import ScanOptions

Value = TypeVar("Value")

EPILOG = """\b
Examples:
  keyguard scan                             the folder you are in
  keyguard scan src config.env              some files and folders
  keyguard scan --history                   all its repository ever held
  keyguard scan --history main..feature     what a branch brings
  keyguard scan --history ../mirror.git     a bare repository
  keyguard scan --format sarif -o out.sarif
  keyguard scan -o r.json -o r.sarif        two reports of one scan

A key is shown masked unless you ask with --show-secrets. Settings are read from .keyguard.toml or [tool.keyguard] in
pyproject.toml, from the target upwards; the command line wins.
"""


class Wishes(NamedTuple):
    """The command line as click read it; None and () where it is silent."""

    targets: tuple[str, ...]
    history: bool
    branch: str
    since: str
    range: tuple[str, ...]
    format: tuple[str, ...]
    output: tuple[str, ...]
    min_confidence: str | None
    show_secrets: bool
    exit_code: int
    exclude: tuple[str, ...]
    disable: tuple[str, ...]
    rules: tuple[str, ...]
    include_ignored: bool | None
    git: bool | None
    config: str | None
    jobs: int | None
    engine: str | None
    max_object_size: int | None
    memory: int | None
    delta: bool
    quiet: bool
    verbose: bool


@click.command("scan", epilog=EPILOG, short_help="Find secrets.")
@click.argument("targets", nargs=-1, metavar="[PATH]...")
@click.option("--history", is_flag=True, help="Scan everything the repository ever held. PATH may be a URL to clone.")
@click.option("--branch", default="", metavar="NAME", help="With --history: only what this branch reaches.")
@click.option("--since", default="", metavar="DATE", help="With --history: only commits since this date.")
@click.option("--range", multiple=True, metavar="A..B", help="With --history: only commits in B and not in A.")
@click.option("-f", "--format", multiple=True, type=click.Choice(FORMATS), help="Of the report; text unless named.")
@click.option(
    "-o", "--output", multiple=True, metavar="FILE", help="Write the report there; its name tells the format."
)
@click.option("--min-confidence", type=click.Choice(CONFIDENCES), help="Report nothing less sure; medium unless named.")
@click.option("--show-secrets", is_flag=True, help="Show whole secrets. Mind where the report goes.")
@click.option("--exit-code", type=click.IntRange(0, 255), default=1, metavar="N", help="Exit with N on findings.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out paths that match.")
@click.option("--disable", multiple=True, metavar="RULE", help="Leave out a rule, by id.")
@click.option("--rules", multiple=True, metavar="FILE", help="Scan with this provider file too.")
@click.option("--include-ignored/--no-include-ignored", default=None, help="Scan what git ignores too.")
@click.option("--git/--no-git", default=None, help="Ask git which files belong to a folder; --no-git takes all.")
@click.option("--config", metavar="FILE", help="Read settings from FILE only; an empty FILE reads none.")
@click.option("-j", "--jobs", type=click.IntRange(min=0), metavar="N", help="Processes; 0, the default, is one a core.")
@click.option("--engine", type=click.Choice(ENGINES), help="What matches; auto unless named.")
@click.option("--max-object-size", type=size, help="Read larger files in pieces of this size; 64M unless named.")
@click.option("--memory", type=size, help="For file contents held at a time; 256M unless named.")
@click.option("--delta/--no-delta", default=True, hidden=True, help="The slow way through a history, to compare with.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no notes, only the report.")
@click.option("-v", "--verbose", is_flag=True, help="Say what was scanned with what.")
@debug
def command(**given: Any) -> int:
    """Find secrets in PATHs (the current folder unless named; - is standard input).

    With --history, in every commit, tag, note, stash and unreachable object of a repository.
    """
    wishes = Wishes(**given)
    destinations = pair(wishes.format, wishes.output)
    check(destinations)
    target = choose(wishes.targets, wishes.range, wishes.branch, wishes.since, history=wishes.history)
    config = _configuration(wishes.config, target)
    if config.path and not wishes.quiet:
        click.echo(f"keyguard: settings from {_short(config.path)}", err=True)
    report = _scan(target, _options(wishes, config), quiet=wishes.quiet)
    for destination in destinations:
        _write(report, destination, wishes)
    _note(report, destinations, wishes)
    return wishes.exit_code if report.exit_code == 1 else report.exit_code


def _configuration(named: str | None, target: Target) -> Config:
    if named is not None:
        return read_config(named) if named else Config()
    path = find_config(target.folder) if target.folder else ""
    return read_config(path) if path else Config()


def _options(wishes: Wishes, config: Config) -> ScanOptions:
    """The command line wins over the file; lists add up."""
    from keyguard.scan import ScanOptions

    plain = ScanOptions()
    word = wishes.min_confidence or config.min_confidence
    return ScanOptions(
        min_confidence=Confidence[word.upper()] if word else plain.min_confidence,
        jobs=_first(wishes.jobs, config.jobs, plain.jobs),
        engine=wishes.engine or config.engine or plain.engine,
        delta=wishes.delta,
        cache=cache_place(),
        rules=tuple(Path(path) for path in (*config.rules, *wishes.rules)),
        disabled=(*config.disable, *wishes.disable),
        exclude=(*config.exclude, *wishes.exclude),
        include_ignored=_first(wishes.include_ignored, config.include_ignored, plain.include_ignored),
        use_git=_first(wishes.git, config.git, plain.use_git),
        max_object=_first(wishes.max_object_size, config.max_object_size, plain.max_object),
        memory=_first(wishes.memory, config.memory, plain.memory),
    )


def _scan(target: Target, options: ScanOptions, *, quiet: bool) -> Report:
    from keyguard.scan import HistoryRange
    from keyguard.scan.tree import scan_stdin, scan_tree
    from keyguard.ui import progress

    if target.paths == (STDIN,):
        return scan_stdin(sys.stdin.buffer, options)
    with progress(not quiet and sys.stderr.isatty()) as on_tick:
        if not target.history:
            return scan_tree(target.paths, options, on_tick)
        from keyguard.scan.history import scan_history  # takes numpy and more, which a tree needs not

        limits = HistoryRange(branch=target.branch, since=target.since, revs=target.revs)
        return scan_history(target.paths[0], options, limits, on_tick)


def _write(report: Report, destination: Destination, wishes: Wishes) -> None:
    from keyguard.report import write_report

    def write(stream: TextIO) -> None:
        color = destination.path == STDOUT and colored(stream.isatty())
        write_report(
            report,
            destination.format,
            stream,
            show_secrets=wishes.show_secrets,
            color=color,
            verbose=wishes.verbose,
        )

    if destination.path == STDOUT:
        write_stdout(destination.format, write)
    else:
        write_file(destination.path, write, private=wishes.show_secrets)


def _note(report: Report, destinations: Sequence[Destination], wishes: Wishes) -> None:
    """On standard error: what a person who does not see the text report would miss."""
    if wishes.quiet or any(place == Destination("text", STDOUT) for place in destinations):
        return
    secrets = len(report.findings)
    files = [path for _, path in destinations if path != STDOUT]
    told = f"{secrets or 'no'} secret{'' if secrets == 1 else 's'} found"
    click.echo(f"keyguard: {told}{', report in ' if files else ''}{', '.join(files)}", err=True)
    unread = sum(not skip.complete for skip in report.skipped)
    if unread:
        click.echo(f"keyguard: incomplete, {unread} could not be read: see `skipped` in the report", err=True)


def _short(path: str) -> str:
    """A path as one would type it here."""
    return path.removeprefix(os.path.join(os.getcwd(), ""))


def _first(*values: Value | None) -> Value:
    """The first value that was set; the last one always is."""
    return next(value for value in values if value is not None)

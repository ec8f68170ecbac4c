"""Runs `keyguard scan`: from wishes and the configuration file, to the scan service, to reports.

Does without click, which takes as long to import as all the rest of starting.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from keyguard.commands.changes import OVERRIDES, ChangeScan, choose_change, overridable, scan_change
from keyguard.commands.output import STDOUT, Destination, check, colored, pair, write_file, write_stdout
from keyguard.commands.target import STDIN, Target, choose, is_range
from keyguard.commands.wishes import Wishes, configuration, scan_options, usage_error
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from keyguard.commands.config import Config
    from keyguard.model import Report
    from keyguard.model.playbook import Playbook
    from keyguard.scan import ScanOptions


def run_scan(wishes: Wishes) -> int:
    """The exit code. Raises click.UsageError for wishes that contradict each other."""
    change = _change(wishes)
    with overridable(change):
        return _run(wishes, change)


def _run(wishes: Wishes, change: ChangeScan | None) -> int:
    destinations = pair(wishes.format, wishes.output)
    check(destinations)
    check([Destination("json", path) for path in (wishes.write_baseline,) if path])
    target = _target(wishes, change)
    config = configuration(wishes.config, target.folder)
    if config.path and not wishes.quiet:
        _tell(f"keyguard: settings from {_short(config.path)}")
    options = scan_options(wishes, config, target.folder)
    report = scan_change(change, options, os.environ) if change else _scan(target, options, wishes)
    if wishes.write_baseline:
        report = _write_baseline(report, options, wishes)
    if wishes.verify or wishes.only_live:
        report = _verified(report, config, wishes)
    if any(destination.format == "html" for destination in destinations):
        report = _dated(report, change.folder if change else target.paths[0])
    for destination in destinations:
        _write(report, destination, wishes, change)
    _note(report, destinations, wishes)
    return wishes.exit_code if report.exit_code == 1 else report.exit_code


def _verified(report: Report, config: Config, wishes: Wishes) -> Report:
    from pathlib import Path

    from keyguard.commands.verify import verified_findings

    trusted = [Path(path) for path in wishes.trust_rules]
    findings = verified_findings(
        report.findings, config, trusted, offline=wishes.offline, quiet=wishes.quiet, only_live=wishes.only_live
    )
    return report._replace(findings=findings)


def _change(wishes: Wishes) -> ChangeScan | None:
    """What of a repository's changes was asked for; None for a scan of files or of a whole history."""
    words = [word for word in wishes.targets if wishes.pre_push or not is_range(word)]
    ranges = [word for word in wishes.targets if word not in words]
    ranges = [] if wishes.history else [*wishes.range, *ranges]
    flags = {"staged": wishes.staged, "pre-push": wishes.pre_push, "pre-receive": wishes.pre_receive}
    change = choose_change(words, ranges, wishes.since_ref, flags, wishes.commit_msg)
    if change and (wishes.history or wishes.branch or wishes.since):
        raise usage_error("--history, --branch and --since are for a whole history, not for what changes")
    return change


def _write_baseline(report: Report, options: ScanOptions, wishes: Wishes) -> Report:
    from keyguard.commands.silencing import save_baseline

    if not report.complete:
        raise KeyguardError("no baseline was written: the scan is incomplete", "keyguard scan says what is missing")
    report, count = save_baseline(report, options.silencing, wishes.write_baseline)
    _tell(f"keyguard: {count} secret{'' if count == 1 else 's'} in {wishes.write_baseline}")
    return report


def _target(wishes: Wishes, change: ChangeScan | None) -> Target:
    if wishes.machine or wishes.processes:
        from keyguard.commands.machine import home_folder

        home = home_folder(wishes)
        return Target((home,), False, "", "", (), home)
    if change:
        return Target((), False, "", "", (), change.folder or os.curdir)
    return choose(wishes.targets, wishes.range, wishes.branch, wishes.since, history=wishes.history)


def _scan(target: Target, options: ScanOptions, wishes: Wishes) -> Report:
    if wishes.machine:
        from keyguard.commands.machine import scan_this_machine

        return scan_this_machine(options, processes=wishes.processes, quiet=wishes.quiet)
    from keyguard.scan import HistoryRange
    from keyguard.scan.tree import scan_stdin, scan_tree
    from keyguard.ui import progress

    if target.paths == (STDIN,):
        return scan_stdin(sys.stdin.buffer, options)
    with progress(not wishes.quiet and sys.stderr.isatty()) as on_tick:
        if not target.history:
            return scan_tree(target.paths, options, on_tick)
        from keyguard.scan.history import scan_history  # takes numpy and more, which a tree needs not

        limits = HistoryRange(branch=target.branch, since=target.since, revs=target.revs)
        return scan_history(target.paths[0], options, limits, on_tick)


def _write(report: Report, destination: Destination, wishes: Wishes, change: ChangeScan | None) -> None:
    from keyguard.report import write_report

    stopping = change is not None and change.is_hook and report.mode == change.mode and destination.format == "text"
    if stopping and wishes.quiet and not report.exit_code:
        return

    def write(stream: TextIO) -> None:
        color = destination.path == STDOUT and colored(stream.isatty())
        if change and stopping and report.exit_code:
            _write_stop(report, stream, wishes, change, color=color)
            return
        write_report(
            report,
            destination.format,
            stream,
            show_secrets=wishes.show_secrets,
            color=color,
            verbose=wishes.verbose,
            show_allowed=wishes.show_allowed,
            masks=destination == Destination("github", STDOUT) and os.environ.get("GITHUB_ACTIONS") == "true",
            playbooks=_playbooks(report, destination),
        )

    if destination.path == STDOUT:
        write_stdout(destination.format, write)
    else:
        write_file(destination.path, write, private=wishes.show_secrets)


def _dated(report: Report, folder: str) -> Report:
    """With the dates when secrets left: the page shows how long they stayed. A clone of a URL is gone by now."""
    if folder and not os.path.isdir(folder):
        return report
    from keyguard.git.place import Place
    from keyguard.scan.departures import with_departures

    place = Place(folder) if folder else Place(None, dict(os.environ))
    return report._replace(findings=with_departures(report.findings, place))


def _playbooks(report: Report, destination: Destination) -> Mapping[str, Playbook]:
    if destination.format not in {"markdown", "html"}:
        return {}
    from keyguard.commands.guides import playbooks_of

    return playbooks_of(report.findings)


def _write_stop(report: Report, stream: TextIO, wishes: Wishes, change: ChangeScan, *, color: bool) -> None:
    from keyguard.report.blocked import write_blocked
    from keyguard.report.formats import Display

    write_blocked(report, stream, Display(wishes.show_secrets, color, wishes.verbose), OVERRIDES[change.mode])


def _note(report: Report, destinations: Sequence[Destination], wishes: Wishes) -> None:
    """On standard error: what a person who does not see the text report would miss."""
    if wishes.quiet or any(place == Destination("text", STDOUT) for place in destinations):
        return
    secrets = len(report.findings)
    files = [path for _, path in destinations if path != STDOUT]
    told = f"{secrets or 'no'} secret{'' if secrets == 1 else 's'} found"
    _tell(f"keyguard: {told}{', report in ' if files else ''}{', '.join(files)}")
    if report.allowed:
        count = len({each.finding.fingerprint for each in report.allowed})
        _tell(f"keyguard: {count} secret{'' if count == 1 else 's'} allowed, and not counted")
    for note in report.notes:
        _tell(f"keyguard: {note}")
    unread = sum(not skip.complete for skip in report.skipped)
    if unread:
        _tell(f"keyguard: incomplete, {unread} could not be read: see `skipped` in the report")


def _tell(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201 - click is not needed for it


def _short(path: str) -> str:
    """A path as one would type it here."""
    return path.removeprefix(os.path.join(os.getcwd(), ""))

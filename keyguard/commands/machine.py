"""`keyguard scan --machine`: whose workstation this is, to the scan of its known places."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from keyguard.commands.wishes import Wishes
    from keyguard.model import Report
    from keyguard.scan import ScanOptions


def home_folder(wishes: Wishes) -> str:
    """The person's home folder. click.UsageError where the wishes do not go with a scan of the machine."""
    if not wishes.machine:
        raise click.UsageError("--processes goes with --machine")
    others = {
        "path": wishes.targets,
        "--history": wishes.history or wishes.branch or wishes.since,
        "range": wishes.range or wishes.since_ref,
        "--staged": wishes.staged,
        "--pre-push": wishes.pre_push,
        "--pre-receive": wishes.pre_receive,
        "--commit-msg": wishes.commit_msg,
    }
    named = [name for name, given in others.items() if given]
    if named:
        raise click.UsageError(f"--machine looks at known places of this machine, and takes no {named[0]}")
    return os.path.expanduser("~")


def scan_this_machine(options: ScanOptions, *, processes: bool, quiet: bool) -> Report:
    """Run the scan."""
    from keyguard.scan.machine import scan_machine
    from keyguard.scan.machine_places import LINUX, MACOS, VARIABLES, WINDOWS
    from keyguard.scan.machine_search import Machine
    from keyguard.ui import progress

    system = {"win32": WINDOWS, "darwin": MACOS}.get(sys.platform, LINUX)
    variables = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    machine = Machine(system, os.path.expanduser("~"), variables)
    with progress(not quiet and sys.stderr.isatty()) as on_tick:
        return scan_machine(machine, options, on_tick, processes=processes)

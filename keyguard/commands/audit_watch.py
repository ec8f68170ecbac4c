"""`keyguard audit watch`: passes at regular times, in the foreground, until it is told to end."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from random import random
from types import FrameType
from typing import TYPE_CHECKING

import click

from keyguard.audit.watching import LEAST, Pace, jitter, watch
from keyguard.commands.audit_run import duty_of, say_outcome
from keyguard.commands.audit_wiring import audit_of, audit_state, config_option, open_config, reader_of
from keyguard.commands.options import debug, state_place
from keyguard.errors import StateError

if TYPE_CHECKING:
    from keyguard.commands.audit_config import AuditConfig
    from keyguard.commands.config import Config


def _seconds(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    from keyguard.providers.usage import span_seconds

    try:
        every = span_seconds(text)
    except ValueError:
        raise click.BadParameter("expected a span such as 15m or 1h") from None
    if not LEAST <= every <= 86400:
        raise click.BadParameter("expected 1m to 1d")
    return every


@click.command("watch")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--every", default="1h", show_default=True, callback=_seconds, metavar="SPAN", help="How often to look.")
@click.option("--verbose", "-v", is_flag=True, help="Say what was read, too.")
@config_option
@debug
def command(accounts: tuple[str, ...], every: int, verbose: bool, config_file: str | None) -> int:
    """Run the audit regularly in the foreground: for systemd, a container or a terminal.

    One watch at a time for a state file. After a sleep, one pass makes up for those that were missed. SIGTERM and
    Ctrl+C end it after the pass at hand; a second one ends it at once.
    """
    from keyguard.http import Clock
    from keyguard.state.lock import held

    config = open_config(config_file)
    audit = audit_of(config)
    audit.chosen(accounts)
    ended = _ending()
    state_place().parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def sleep(seconds: float) -> None:
        ended.wait(seconds)

    with held(state_place(), "watch"):
        click.echo(f"keyguard: watching; a pass every {every // 60} min", err=True)
        clock = Clock(time.monotonic, sleep, time.time)
        # Not for secrets: any number will do that other machines do not have.
        watch(one_pass(config, audit, accounts, verbose), Pace(every, jitter(every, random())), clock, ended.is_set)  # noqa: S311
    click.echo("keyguard: the watch ended as it was told to", err=True)
    return 0


def one_pass(config: Config, audit: AuditConfig, accounts: tuple[str, ...], verbose: bool) -> Callable[[], None]:
    """What the watch does each time it is due. A state file that cannot be used ends the pass, not the watch."""
    from keyguard.audit.running import run

    def once() -> None:
        try:
            with audit_state() as state:
                duty = duty_of(config, audit, state, accounts, verbose=verbose, dry=False)
                outcome = run(duty, reader_of(config, audit, state))
        except StateError as error:
            # A full disk passes: the next pass reads from where the last good one ended.
            hint = f" ({error.hint})" if error.hint else ""
            click.echo(f"keyguard: this pass failed: {error}{hint}", err=True)
            return
        say_outcome(outcome, dry=False)
        sys.stdout.flush()

    return once


def _ending() -> threading.Event:
    """Set by the first signal to end; the second one ends the process as ever."""
    ended = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def end(number: int, frame: FrameType | None) -> None:
        if not ended.is_set():
            ended.set()
            return
        usual = before[signal.Signals(number)]
        if callable(usual):
            usual(number, frame)

    for number in before:
        signal.signal(number, end)
    return ended

"""`keyguard audit run`: one pass, for cron and CI."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from keyguard.commands.audit_config import usage_of
from keyguard.commands.audit_read import announce_costs
from keyguard.commands.audit_wiring import (
    audit_of,
    audit_state,
    config_option,
    open_config,
    reader_of,
    secrets_of,
    tell,
)
from keyguard.commands.options import debug

if TYPE_CHECKING:
    from keyguard.audit.results import AccountResult
    from keyguard.audit.running import Duty, Outcome
    from keyguard.commands.audit_config import AuditConfig
    from keyguard.commands.config import Config
    from keyguard.state.database import Database


@click.command("run")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--dry-run", is_flag=True, help="Read and judge, but tell nobody and stop nothing: show what would be.")
@click.option("--verbose", "-v", is_flag=True, help="Say what was read, too.")
@config_option
@debug
def command(accounts: tuple[str, ...], dry_run: bool, verbose: bool, config_file: str | None) -> int:
    """Read all accounts once, and raise an alarm where something is not normal.

    Exit code 0: nothing unusual; 1: something is, or a limit is broken; 3: an account could not be read, or an alarm
    could not be delivered (the other accounts are judged, and the other sinks told, all the same).
    """
    from keyguard.audit.running import run

    config = open_config(config_file)
    audit = audit_of(config)
    if verbose:
        announce_costs(audit.chosen(accounts))
    with audit_state() as state:
        duty = duty_of(config, audit, state, accounts, verbose=verbose, dry=dry_run)
        outcome = run(duty, reader_of(config, audit, state))
    say_outcome(outcome, dry=dry_run)
    return outcome.code


def duty_of(
    config: Config, audit: AuditConfig, state: Database, names: tuple[str, ...], *, verbose: bool, dry: bool
) -> Duty:
    """What a pass is to do, as the configuration says."""
    from keyguard.audit.running import Duty
    from keyguard.commands.audit_alerts import floor_of, quiet_of, sinks_of
    from keyguard.commands.audit_brake import ProviderBrake
    from keyguard.commands.audit_known import known_of
    from keyguard.commands.network import settings_of

    settings = settings_of(config)
    return Duty(
        accounts=audit.chosen(names),
        usage_of=usage_of,
        known=lambda account: known_of(state, account),
        sinks=sinks_of(audit, settings),
        brake=ProviderBrake(settings, state, secrets_of),
        floor=floor_of(audit),
        retention=audit.retention,
        quiet=quiet_of(audit),
        tell=tell if verbose else _tell_problems,
        dry=dry,
    )


def _tell_problems(result: AccountResult) -> None:
    if not result.fine:
        tell(result._replace(sources=tuple(source for source in result.sources if source.problem)))


def say_outcome(outcome: Outcome, *, dry: bool, say: Callable[[str], None] = click.echo) -> None:
    """What no sink says: what would be told, what the brake did, which sinks failed, and how all of it stands."""
    if dry:
        from keyguard.audit.notices import text
        from keyguard.state.alarms import Notice

        for change in outcome.changes:
            say(f"would tell: {text(Notice(0, change.alarm.id, change.what, 0, '', change.alarm))}")
        for braked in outcome.braked:
            say(f"would stop: {braked.alarm.title} key {braked.alarm.key or '-'}: {braked.attempt.text}")
    for failure in outcome.failures:
        hint = f" ({failure.hint})" if failure.hint else ""
        click.echo(f"keyguard: not delivered: {failure.problem}{hint}; {failure.left} waiting", err=True)
    unread = sum(not result.fine for result in outcome.results)
    read = len(outcome.results) - unread
    words = [f"{read} account{'s' * (read != 1)} read", *([f"{unread} not"] if unread else [])]
    last = f"{len(outcome.open)} alarm{'s' * (len(outcome.open) != 1)} open" if outcome.open else "nothing unusual"
    if dry and outcome.changes:
        last = "nobody was told, nothing was stopped"
    click.echo(f"keyguard: {', '.join(words)}; {last}", err=True)

"""`keyguard audit read`: asks providers for what is new, and keeps it."""

from __future__ import annotations

import time
from collections.abc import Iterable

import click

from keyguard.audit.accounts import Account
from keyguard.audit.reading import chosen_reads, read_accounts
from keyguard.commands.audit_config import usage_of
from keyguard.commands.audit_wiring import audit_of, config_option, open_config, reader_of, tell, usage_state
from keyguard.commands.options import debug


@click.command("read")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@config_option
@debug
def command(accounts: tuple[str, ...], config_file: str | None) -> int:
    """Read usage and cost of the configured accounts.

    ACCOUNT is PROVIDER or PROVIDER/NAME; without any, all accounts are read.
    """
    from keyguard.state.usage import forget

    config = open_config(config_file)
    audit = audit_of(config)
    chosen = audit.chosen(accounts)
    announce_costs(chosen)
    fine = True
    with usage_state() as state:
        for result in read_accounts(chosen, usage_of, reader_of(config, audit, state)):
            tell(result)
            fine = fine and result.fine
        forget(state, int(time.time()) - audit.retention)
    return 0 if fine else 3


def announce_costs(accounts: Iterable[Account]) -> None:
    """Say before asking which requests cost money."""
    for account in accounts:
        usage = usage_of(account.provider)
        for read in chosen_reads(account, usage) if usage else ():
            if read.cost:
                often = f", asked once in {read.every // 3600} h at most" if read.every else ""
                click.echo(f"{account.title}  {read.id}: each request (page) costs ${read.cost}{often}", err=True)

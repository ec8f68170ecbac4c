"""`keyguard audit check`: one request for each thing an account is to tell."""

from __future__ import annotations

import click

from keyguard.audit.checking import check_account
from keyguard.commands.audit_config import usage_of
from keyguard.commands.audit_read import announce_costs
from keyguard.commands.audit_wiring import audit_of, config_option, open_config, reader_of, usage_state
from keyguard.commands.options import debug


@click.command("check")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@config_option
@debug
def command(accounts: tuple[str, ...], config_file: str | None) -> int:
    """Prove each account's credential with one request for each source, and say what it may not do.

    Nothing is kept. Exit code 3 means that an account cannot be read.
    """
    config = open_config(config_file)
    audit = audit_of(config)
    chosen = audit.chosen(accounts)
    announce_costs(chosen)
    fine = True
    with usage_state() as state:
        reader = reader_of(config, audit, state)
        for account in chosen:
            usage = usage_of(account.provider)
            for proof in check_account(account, usage, reader) if usage else ():
                mark = "ok" if proof.fine else "--" if proof.optional else "!!"
                source = f"  {proof.source}" if proof.source else ""
                click.echo(f"{mark}  {account.title}{source}  {proof.text}")
                fine = fine and (proof.fine or proof.optional)
    return 0 if fine else 3

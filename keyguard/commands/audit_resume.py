"""`keyguard audit resume`: undoes a stop that the audit made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from keyguard.commands.audit_brake import ProviderBrake
from keyguard.commands.audit_wiring import audit_of, audit_state, config_option, open_config, secrets_of
from keyguard.commands.options import debug
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.state.alarms import Stop


@click.command("resume")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--key", help="Only this key, by its name or id at the provider.")
@click.option("--list", "listed", is_flag=True, help="Show which keys are stopped; undo nothing.")
@config_option
@debug
def command(accounts: tuple[str, ...], key: str | None, listed: bool, config_file: str | None) -> int:
    """Undo stops that the audit made because a limit was broken.

    The limit stays as it is: the same event does not stop the key again, the next one does.
    """
    from keyguard.audit.brake import stopped_now
    from keyguard.commands.network import settings_of
    from keyguard.state.alarms import keep_stop, stops

    config = open_config(config_file)
    chosen = {account.title: account for account in audit_of(config).chosen(accounts)}
    code = 0
    with audit_state() as state:
        mine = [
            each
            for each in stopped_now(stops(state))
            if f"{each.provider}/{each.account}" in chosen and key in (None, each.key, each.record or each.key)
        ]
        if not mine:
            raise KeyguardError("no key of these accounts is stopped by the audit", "keyguard audit resume --list")
        brake = ProviderBrake(settings_of(config), state, secrets_of)
        for each in mine:
            title = f"{each.provider}/{each.account}"
            if listed:
                click.echo(f"{title}  {_called(each)}: {each.detail}")
                continue
            attempt = brake.resume(chosen[title], each)
            now = int(brake.now())
            with state.writing() as connection:
                keep_stop(connection, each._replace(at=now, event=attempt.event, detail=attempt.text))
            click.echo(f"{title}  {_called(each)}: {attempt.text}", err=attempt.event == "failed")
            code = code if attempt.event == "resumed" else 3
    return code


def _called(stop: Stop) -> str:
    return f"{stop.key} (id {stop.record})" if stop.record not in ("", stop.key) else stop.key

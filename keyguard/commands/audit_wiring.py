"""What the subcommands of `keyguard audit` share: configuration, credentials, state file, and the door to providers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from keyguard.commands.audit_config import AuditConfig, read_audit
from keyguard.commands.config import Config, find_config, read_config
from keyguard.commands.network import require_named
from keyguard.commands.options import state_place
from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.audit.reading import Reader
    from keyguard.audit.results import AccountResult
    from keyguard.model import Secret
    from keyguard.state.database import Database

Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """Add --config."""
    option = click.option(
        "--config",
        "config_file",
        metavar="FILE",
        help="The configuration file, instead of your own (docs/audit.md).",
    )
    return option(command)


def open_config(config_file: str | None) -> Config:
    """The file named by --config or KEYGUARD_CONFIG, else the person's own, else the nearest from here upwards."""
    from keyguard.state.settings import settings_file

    named = config_file if config_file is not None else os.environ.get("KEYGUARD_CONFIG")
    if named is None and settings_file().is_file():
        named = str(settings_file())
    if named is not None:
        return read_config(named)._replace(named=True) if named else Config()
    path = find_config(os.curdir)
    return read_config(path) if path else Config()


def audit_of(config: Config) -> AuditConfig:
    """The [audit] table; ConfigError where it names no account, or stands in a file that a repository brought along."""
    from keyguard.state.settings import settings_file

    require_named(config, "audit")
    audit = read_audit(config)
    if not audit.accounts:
        place = config.path or f"{settings_file()} (not there)"
        raise ConfigError(f"{place}: no account to audit", "name one as [[audit.account]]; see docs/audit.md")
    return audit


@contextmanager
def usage_state() -> Iterator[Database]:
    """The state file, open for usage figures."""
    from keyguard.state.database import open_state
    from keyguard.state.usage import AREA

    with open_state(state_place(), [AREA]) as state:
        yield state


def reader_of(config: Config, audit: AuditConfig, state: Database) -> Reader:
    """What reading needs, from the environment and the configuration."""
    from keyguard.audit.prices import load_prices
    from keyguard.audit.reading import Reader
    from keyguard.commands.network import settings_of
    from keyguard.http import Client

    settings = settings_of(config)
    return Reader(state, load_prices(audit.prices), lambda hosts: Client(settings, hosts), secrets_of, time.time)


def secrets_of(account: Account) -> Mapping[str, Secret]:
    """The credentials of an account, by the names that requests call them."""
    from keyguard.http.credentials import fetch

    return {
        f"credential.{part}" if part else "credential": fetch(reference, os.environ)
        for part, reference in account.credentials.items()
    }


def tell(result: AccountResult) -> None:
    """One account's result for people: figures on standard output, problems on standard error."""
    from keyguard.audit.times import say

    title = f"{result.provider}/{result.account}"
    if result.problem:
        _complain(title, result.problem, result.hint)
    for source in result.sources:
        if source.problem:
            _complain(title, source.problem, source.hint)
        elif source.span:
            since, until = say(source.span.start), say(source.span.end)
            pages = f"{source.requests} request{'s' * (source.requests != 1)}"
            points = f"{source.points} point{'s' * (source.points != 1)}"
            click.echo(f"{title}  {source.source}: {points} from {since} to {until}, {pages}")
        for note in source.notes:
            click.echo(f"{title}  note: {note}", err=True)


def _complain(title: str, problem: str, hint: str) -> None:
    click.echo(f"{title}  not read: {problem}" + (f" ({hint})" if hint else ""), err=True)

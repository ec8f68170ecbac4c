"""What the subcommands of `keyguard audit` share: configuration, credentials, state file, and the door to providers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from keyguard.commands.audit_config import AuditConfig, read_audit
from keyguard.commands.config import Config
from keyguard.commands.network import require_named
from keyguard.commands.options import state_place
from keyguard.commands.wishes import configuration
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

    is_named = config_file is not None or "KEYGUARD_CONFIG" in os.environ
    own = None if is_named or not settings_file().is_file() else str(settings_file())
    return configuration(config_file if config_file is not None else own)


def audit_of(config: Config) -> AuditConfig:
    """The [audit] table; ConfigError where it names no account, or stands in a file that a repository brought along."""
    from keyguard.state.settings import settings_file

    require_named(config, "audit")
    audit = read_audit(config)
    if not audit.accounts:
        place = config.path or f"{settings_file()} (not there)"
        raise ConfigError(f"{place}: no account to audit", "name one as [[audit.account]]; see docs/audit.md")
    return audit


def moment_of(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """Seconds of `7d` (before now), a date or a time."""
    from keyguard.audit.failure import AnswerError
    from keyguard.audit.times import parse_time
    from keyguard.providers.usage import span_seconds

    if text is None:
        return None
    try:
        return int(time.time()) - span_seconds(text)
    except ValueError:
        pass
    try:
        return parse_time(text, "rfc3339")
    except AnswerError:
        raise click.BadParameter("expected 12h, 7d, 2026-11-21 or 2026-11-21T14:00Z") from None


@contextmanager
def usage_state() -> Iterator[Database]:
    """The state file, open for usage figures."""
    from keyguard.state.database import open_state
    from keyguard.state.usage import AREA

    with open_state(state_place(), [AREA]) as state:
        yield state


@contextmanager
def audit_state() -> Iterator[Database]:
    """The state file, open for all that a pass keeps."""
    from keyguard.state import alarms, incidents, revocations, usage
    from keyguard.state.database import open_state

    areas = [usage.AREA, alarms.AREA, revocations.AREA, incidents.AREA]
    with open_state(state_place(), areas) as state:
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

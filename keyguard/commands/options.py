"""Options that several subcommands share, and the value types click does not know."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from keyguard.commands.config import parse_size
from keyguard.commands.places import cache_place as cache_place  # noqa: PLC0414 - looked for here by the commands

if TYPE_CHECKING:
    from pathlib import Path

Command = TypeVar("Command", bound=Callable[..., Any])


def size(text: str) -> int:
    """Option type: a number of bytes, with an optional K, M or G (powers of 1024)."""
    try:
        return parse_size(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _shared(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """One decorator for several options, which `--help` shows in the order given."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


# `cli` looks for --debug on the command line, because a failure may come before parsing ends.
debug: Final = click.option("--debug", is_flag=True, expose_value=False, help="Show where an unexpected fault is.")
config_file: Final = click.option(
    "--config", metavar="FILE", help="Read settings from FILE only; an empty FILE reads none."
)
found_in: Final = click.option("--report", default="", metavar="FILE", help="The report of a scan that holds ID.")
given_secret: Final = _shared(
    click.option("--stdin", is_flag=True, help="Read a text, or with --rule one secret, from standard input."),
    click.option("--rule", default="", metavar="ID", help="With --stdin: the rule that the secret is of."),
    click.option("--part", multiple=True, metavar="NAME=VALUE", help="What belongs to the secret, as id=AKIA…."),
)
in_history: Final = click.option("--history", is_flag=True, help="Look for IDs in all that the repository ever held.")
credential: Final = click.option("--credential", default="", metavar="REF", help="env:NAME, file:PATH or cmd:PROGRAM.")
allowed_requests: Final = _shared(
    click.option("--offline", is_flag=True, help="Ask nobody: fail instead."),
    click.option("--trust-rules", multiple=True, metavar="FILE", help="Make the requests of this provider file too."),
)
show_secrets: Final = click.option(
    "--show-secrets", is_flag=True, help="Show whole secrets. Mind where the report goes."
)
text_or_json: Final = click.option(
    "-f", "--format", "shape", type=click.Choice(("text", "json")), default="text", help="Of what is told."
)


def state_place() -> Path:
    """The state file: KEYGUARD_STATE, else one in the folder that this system keeps for data."""
    from pathlib import Path  # 5 ms that a scan does without

    from keyguard.state.database import FILE_NAME, state_folder

    named = os.environ.get("KEYGUARD_STATE")
    return Path(named) if named else state_folder() / FILE_NAME

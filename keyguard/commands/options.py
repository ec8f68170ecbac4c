"""Options that several subcommands share, and the value types click does not know."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from keyguard.commands.config import parse_size
from keyguard.commands.places import cache_place as cache_place  # noqa: PLC0414 - looked for here by the commands

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS: Final = ("text", "json", "jsonl", "sarif", "csv", "junit", "github", "gitlab", "markdown", "html")


def size(text: str) -> int:
    """Option type: a number of bytes, with an optional K, M or G (powers of 1024)."""
    try:
        return parse_size(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def debug(command: Command) -> Command:
    """Add --debug; `cli` looks for it on the command line, because a failure may come before parsing ends."""
    option = click.option("--debug", is_flag=True, expose_value=False, help="Show where an unexpected fault is.")
    return option(command)


def state_place() -> Path:
    """The state file: KEYGUARD_STATE, else one in the folder that this system keeps for data."""
    from keyguard.state.database import FILE_NAME, state_folder

    named = os.environ.get("KEYGUARD_STATE")
    return Path(named) if named else state_folder() / FILE_NAME


def colored(terminal: bool) -> bool:
    """Whether to colour: as NO_COLOR (no-color.org) and FORCE_COLOR say, else on a terminal that can."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"

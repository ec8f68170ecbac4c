"""Options that several subcommands share, and the value types click does not know."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from keyguard.commands.config import parse_size

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS: Final = ("text", "json", "jsonl", "sarif")


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


def cache_place() -> Path:
    """The cache folder: KEYGUARD_CACHE, else the one this system keeps for caches."""
    named = os.environ.get("KEYGUARD_CACHE")
    if named:
        return Path(named)
    if sys.platform == "linux":
        # What platformdirs would say, without the 9 ms that importing it takes (XDG base directory specification).
        base = os.environ.get("XDG_CACHE_HOME", "")
        return Path(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), "keyguard")
    from keyguard.state.cache import cache_folder

    return cache_folder()


def colored(terminal: bool) -> bool:
    """Whether to colour: as NO_COLOR (no-color.org) and FORCE_COLOR say, else on a terminal that can."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"

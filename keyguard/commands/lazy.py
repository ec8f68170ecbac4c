"""A command group whose subcommands are imported only when they are used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click


class LazyGroup(click.Group):
    """Each name of `table` (name: what it does) is `command` in the module that `prefix` and the name make."""

    def __init__(self, *args: Any, table: Mapping[str, str], prefix: str, **others: Any) -> None:
        super().__init__(*args, **others)
        self._table, self._prefix = table, prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._table:
            return None
        command: click.Command = import_module(module_of(self._prefix, cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self._table.items()))


def module_of(prefix: str, name: str) -> str:
    """The name of a subcommand's module: a word of Python has a _ behind it."""
    module = prefix + name
    return f"{module}_" if iskeyword(module.rpartition(".")[2]) else module

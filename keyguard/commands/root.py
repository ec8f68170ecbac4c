"""The command group: what `keyguard --help` says, and where each subcommand lives."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from keyguard.commands.options import debug
from keyguard.version import VERSION

# Each is `command` in keyguard.commands.<name>, imported when it is called for.
SUBCOMMANDS: Final = {
    "completion": "Print the code that makes a shell complete keyguard's options.",
    "doctor": "Say what keyguard runs on, and what is missing.",
    "rules": "List, show and check the rules that find secrets.",
    "scan": "Find secrets in files, standard input, or all of a repository.",
}

EPILOG: Final = """\b
Examples:
  keyguard scan                               the folder you are in
  keyguard scan --history                     all its repository ever held
  keyguard scan --history https://host/x.git  the same, elsewhere
  git diff | keyguard scan -                  what another program prints
  keyguard rules show github                  what is looked for

\b
Exit codes:
  0    nothing found
  1    findings
  2    wrong option, configuration or rule file; or a failure
  3    something could not be read (findings are reported all the same)
  130  interrupted
"""


class LazyGroup(click.Group):
    """Imports a subcommand's module only when that subcommand is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        command: click.Command = import_module(f"keyguard.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(SUBCOMMANDS.items()))


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, "-V", "--version", message="keyguard %(version)s")
@debug
@click.pass_context
def root(context: click.Context) -> int:
    """Find leaked keys in working trees and in everything a git repository ever held.

    Nothing leaves your machine while scanning.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        return 2
    return 0

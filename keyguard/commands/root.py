"""The command group: what `keyguard --help` says, and where each subcommand lives."""

from __future__ import annotations

from typing import Final

import click

from keyguard.commands.lazy import LazyGroup
from keyguard.commands.options import debug
from keyguard.version import VERSION

# Each is `command` in keyguard.commands.<name>, imported when it is called for.
PREFIX: Final = "keyguard.commands."
SUBCOMMANDS: Final = {
    "import": "Make settings, allowlists and baselines of another scanner those of keyguard.",
    "audit": "Read usage and cost at providers, and notice a thief by the bill.",
    "baseline": "Look through the secrets that a team knows of already.",
    "completion": "Print the code that makes a shell complete keyguard's options.",
    "explain": "Say why something on a line was reported, or was not.",
    "doctor": "Say what keyguard runs on, and what is missing.",
    "hook": "Scan before each commit and push, with git's own hooks.",
    "playbook": "Say what to do about a leaked secret, step by step.",
    "revoke": "Stop a leaked key at its provider.",
    "identify": "Find the provider's own record of a leaked key.",
    "redact": "Replace secrets in a prompt or a log, and put them back.",
    "incident": "Keep a record of a leak: what, since when, who did what.",
    "keys": "List the keys of your accounts, and which break a policy.",
    "rules": "List, show and check the rules that find secrets.",
    "rotate": "Put a new key in the place of an old one.",
    "scan": "Find secrets in files, standard input, or all of a repository.",
    "verify": "Ask providers whether found secrets are live.",
    "state": "Show, export or delete what keyguard remembers between runs.",
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


@click.group(
    cls=LazyGroup,
    table=SUBCOMMANDS,
    prefix=PREFIX,
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

"""`keyguard audit`: the group, and where each of its subcommands lives."""

from __future__ import annotations

from typing import Final

import click

from keyguard.commands.lazy import LazyGroup
from keyguard.commands.options import debug

# Each is `command` in keyguard.commands.audit_<name>, imported when it is called for.
SUBCOMMANDS: Final = {
    "check": "Prove each account's credential with one request, and say what it may not do.",
    "history": "Show what was used and spent, as far as it was read.",
    "import": "Take figures from a CSV or JSON file, for providers that keyguard cannot ask.",
    "read": "Read usage and cost of the configured accounts.",
    "report": "Show spending over time, anomalies, exposed keys and a forecast: text, HTML, JSON or PNG.",
    "resume": "Undo a stop that the audit made because a limit was broken.",
    "run": "Read all accounts once, and raise an alarm where something is not normal.",
    "schedule": "Let the system run the audit regularly: systemd, launchd, cron or Windows.",
    "watch": "Run the audit regularly in the foreground, as a service.",
}

EPILOG: Final = """\b
Examples:
  keyguard audit check               what the credentials may read
  keyguard audit read                read all accounts
  keyguard audit run                 read, judge and tell: for cron
  keyguard audit watch --every 1h    the same, again and again
  keyguard audit history --since 7d  what was used in the last week
  keyguard audit report -o page.html spending over time, anomalies, a forecast
  keyguard audit import costs.csv    figures from elsewhere

\b
Exit codes:
  0  all accounts were read
  1  something unusual, or a limit was crossed
  2  wrong option or configuration
  3  an account could not be read (the others are read all the same)
"""


@click.group("audit", cls=LazyGroup, table=SUBCOMMANDS, prefix="keyguard.commands.audit_", epilog=EPILOG)
@debug
def command() -> None:
    """Read usage and cost of your accounts at providers, and notice a thief by the bill.

    Accounts stand in the configuration as [[audit.account]]; see docs/audit.md.
    """

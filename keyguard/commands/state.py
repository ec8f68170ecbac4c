"""`keyguard state`: where what keyguard remembers lies, as JSON, or gone."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from keyguard.commands.options import debug, state_place


@click.group("state")
@debug
def command() -> None:
    """Show, export or delete what keyguard remembers between runs: usage figures, incidents, alarms.

    It never holds a secret value. KEYGUARD_STATE names another file.
    """


@command.command("path")
@debug
def path() -> int:
    """Print the name of the state file."""
    click.echo(state_place())
    return 0


@command.command("export")
@debug
def export() -> int:
    """Print all tables as one JSON document."""
    place = state_place()
    if not place.exists():
        click.echo("{}")
        return 0
    for piece in _pieces():
        click.echo(piece, nl=False)
    click.echo()
    return 0


@command.command("purge")
@click.option("--yes", is_flag=True, help="Do not ask.")
@debug
def purge(yes: bool) -> int:
    """Delete the state file. What providers still tell is read again; the rest is gone."""
    from keyguard.state.database import purge_state

    place = state_place()
    if place.exists() and not yes and not click.confirm(f"Delete {place}?", err=True):
        return 2
    click.echo(f"{place}: {'deleted' if purge_state(place) else 'there was none'}", err=True)
    return 0


def _pieces() -> Iterator[str]:
    """The document, a row a line: it can be larger than memory."""
    from keyguard.state.database import dump_state

    opening = "{\n"
    for name, columns, rows in dump_state(state_place()):
        yield f"{opening}  {json.dumps(name)}: ["
        comma = "\n    "
        for row in rows:
            yield comma + json.dumps(dict(zip(columns, row)), ensure_ascii=False)
            comma = ",\n    "
        yield "\n  ]"
        opening = ",\n"
    yield "\n}"

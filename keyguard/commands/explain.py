"""`keyguard explain`: why what stands on a line was reported, or why it was not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyguard.commands.options import debug
from keyguard.commands.places import cache_place
from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from keyguard.triage.judge.inquest import Answer

EPILOG = """\b
Examples:
  keyguard explain config/settings.py:14
  keyguard explain --rules ours.toml .env:3

Numbers say how much each fact speaks for a secret (+) or against one (-); they add up to log-odds.
"""


@click.command("explain", epilog=EPILOG, short_help="Say why something on a line was reported, or was not.")
@click.argument("place", metavar="FILE:LINE")
@click.option("--rules", multiple=True, metavar="FILE", help="Ask this provider file too.")
@click.option("--show-secrets", is_flag=True, help="Show whole values.")
@debug
def command(place: str, rules: tuple[str, ...], *, show_secrets: bool) -> int:
    """Say of each candidate on a line of a file how sure keyguard is of it, and why."""
    from keyguard.providers.loader import load_rules
    from keyguard.triage.judge.inquest import inquire

    path, text, (start, end) = _read(place)
    known = load_rules(tuple(Path(rule) for rule in rules), cache=cache_place()).rules
    answers = inquire(known, os.fsencode(path), text, start, end)
    if not answers:
        click.echo("no rule sees anything on this line")
    for answer in answers:
        _tell(answer, show_secrets=show_secrets)
    return 0


def _read(place: str) -> tuple[str, bytes, tuple[int, int]]:
    """The file, its content, and where the line begins and ends."""
    path, colon, number = place.rpartition(":")
    if not colon or not number.isdigit() or int(number) < 1:
        raise ConfigError(f"{place!r} is no FILE:LINE", "as in: keyguard explain src/settings.py:14")
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", "name a readable file") from None
    start = 0
    for _ in range(int(number) - 1):
        start = text.find(b"\n", start) + 1
        if not start:
            raise ConfigError(f"{path} has no line {number}", "lines count from 1")
    end = text.find(b"\n", start)
    return path, text, (start, end if end >= 0 else len(text))


def _tell(answer: Answer, *, show_secrets: bool) -> None:
    from keyguard.model import Secret
    from keyguard.report.visible import visible

    secret = Secret(answer.value)
    shown = answer.value.decode("utf-8", "replace") if show_secrets else secret.masked
    sure = f"confidence {answer.confidence.label}" if answer.confidence else "not reported"
    click.echo(f"{answer.rule}  {visible(shown)}  {sure}")
    for reason in answer.reasons:
        click.echo(f"  {visible(reason)}")

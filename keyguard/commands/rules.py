"""`keyguard rules`: what is looked for, and whether a rule file is right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyguard.commands.catalogue import SHAPES, list_text, show_text
from keyguard.commands.config import ENGINES
from keyguard.commands.options import cache_place, debug
from keyguard.errors import RuleError

if TYPE_CHECKING:
    from keyguard.model.rule import RuleSet

EPILOG = """\b
Examples:
  keyguard rules list
  keyguard rules list --format json
  keyguard rules show github
  keyguard rules show github-fine-grained-token
  keyguard rules check my-provider.toml
"""

_FILES = click.option("--rules", multiple=True, metavar="FILE", help="This provider file too.")


@click.group("rules", epilog=EPILOG)
@debug
def command() -> None:
    """List, show and check the rules that find secrets."""


@command.command("list")
@click.option("-f", "--format", "shape", type=click.Choice(tuple(SHAPES)), default="table", help="Of the list.")
@_FILES
@debug
def list_rules(shape: str, rules: tuple[str, ...]) -> int:
    """List every provider and its rules."""
    click.echo(list_text(_load(rules), shape), nl=False)
    return 0


@command.command("show")
@click.argument("name", metavar="ID", shell_complete=lambda *given: _complete(given[2]))
@_FILES
@debug
def show(name: str, rules: tuple[str, ...]) -> int:
    """Show a rule, or a provider and all its rules."""
    known = _load(rules)
    text = show_text(known, name)
    if not text:
        raise RuleError(f"there is no rule or provider {name!r}", _nearest(name, known))
    click.echo(text, nl=False)
    return 0


@command.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(exists=True, path_type=Path))
@click.option("--engine", multiple=True, type=click.Choice(ENGINES), help="Check with this one; auto unless named.")
@debug
def check(paths: tuple[Path, ...], engine: tuple[str, ...]) -> int:
    """Check provider files and folders of them (what comes with keyguard, unless PATHs are named).

    Every example must be found wherever a key may stand in a text, and no reject may be found.
    """
    from keyguard.commands.actioncheck import action_problems
    from keyguard.scan.rulecheck import check_rules

    problems = [": ".join(part for part in each if part) for each in check_rules(paths, engine or ENGINES[:1])]
    problems += action_problems(paths)
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems) or 'no'} problem{'' if len(problems) == 1 else 's'}", err=True)
    return 2 if problems else 0


def _load(rules: tuple[str, ...]) -> RuleSet:
    from keyguard.providers.loader import load_rules

    return load_rules(tuple(Path(path) for path in rules), cache=cache_place())


def _complete(start: str) -> list[str]:
    known = _load(())
    names = [provider.id for provider in known.providers] + [rule.id for rule in known.rules]
    return sorted(name for name in names if name.startswith(start))


def _nearest(name: str, known: RuleSet) -> str:
    from difflib import get_close_matches

    names = [*(rule.id for rule in known.rules), *(provider.id for provider in known.providers)]
    near = get_close_matches(name, names, n=3)
    return f"did you mean {', '.join(near)}?" if near else "keyguard rules list names them all"

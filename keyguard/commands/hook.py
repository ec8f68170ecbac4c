"""`keyguard hook`: keyguard in git's own hooks, for those who do not use the pre-commit framework."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any, Final

import click

from keyguard.commands.options import debug
from keyguard.errors import GitError
from keyguard.git.hookscripts import HOOKS, KEPT

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.git.hooks import Hook
    from keyguard.git.place import Place

EPILOG: Final = """\b
Examples:
  keyguard hook install                    in this repository
  keyguard hook install --hook pre-commit  this one alone
  keyguard hook install --global           in repositories made from now on
  keyguard hook status                     code 1 where one is missing
  keyguard hook uninstall                  puts back what was there

A hook that is there already is kept, and runs first. With the pre-commit framework, use that instead: docs/hooks.md.
"""


def _chosen(command: Callable[..., Any]) -> Callable[..., Any]:
    everywhere = click.option("--global", "everywhere", is_flag=True, help="In the template of new repositories.")
    names = click.option("--hook", "names", multiple=True, type=click.Choice(HOOKS), help="Only this one; repeatable.")
    return names(everywhere(debug(command)))


@click.group("hook", epilog=EPILOG, short_help="Scan before each commit and push, with git's own hooks.")
@debug
def command() -> None:
    """Scan what is staged before each commit, its message, and what is about to be pushed."""


@command.command("install")
@_chosen
def install(names: tuple[str, ...], everywhere: bool) -> int:
    """Write the hooks, and keep those that are there."""
    from keyguard.git import hooks

    place = _here(everywhere)
    folder = _template(place, make=True) if everywhere else hooks.hooks_folder(place)
    _refuse_managed(folder)
    for name in names or HOOKS:
        _tell(hooks.install(folder, name))
    if not shutil.which("keyguard"):
        click.echo(
            "keyguard: keyguard is not on the PATH: until it is, these hooks stop every commit and push", err=True
        )
    return 0


@command.command("uninstall")
@_chosen
def uninstall(names: tuple[str, ...], everywhere: bool) -> int:
    """Take keyguard's hooks out, and put back what was there before."""
    from keyguard.git import hooks

    place = _here(everywhere)
    folder = _template(place, make=False) if everywhere else hooks.hooks_folder(place)
    for name in names or HOOKS:
        _tell(hooks.uninstall(folder, name))
    if everywhere and os.path.dirname(folder) == _own_template() and not _any(folder):
        hooks.set_template_folder(place, "")
    return 0


@command.command("status")
@_chosen
def status(names: tuple[str, ...], everywhere: bool) -> int:
    """Say which hooks are there."""
    from keyguard.git import hooks

    place = _here(everywhere)
    folder = _template(place, make=False) if everywhere else hooks.hooks_folder(place)
    found = hooks.inspect(folder, names or HOOKS)
    for hook in found:
        _tell(hook)
    if not shutil.which("keyguard"):
        click.echo("keyguard: keyguard is not on the PATH: the hooks stop every commit and push", err=True)
    return 0 if all(hook.state is hooks.State.INSTALLED for hook in found) else 1


def _here(everywhere: bool) -> Place:
    """Where we are. What is set for all repositories is asked about without one."""
    from keyguard.git.place import Place

    return Place(None, None if everywhere else dict(os.environ))


def _template(place: Place, *, make: bool) -> str:
    """The hooks in the folder that init.templateDir names, which is set where it is not and `make`."""
    from keyguard.git.hooks import set_template_folder, template_folder

    folder = template_folder(place)
    if not folder:
        folder = _own_template()
        if make:
            set_template_folder(place, folder)
    return os.path.join(folder, "hooks")


def _own_template() -> str:
    named = os.environ.get("XDG_CONFIG_HOME", "")
    root = named if os.path.isabs(named) else os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(root, "keyguard", "git-template")


def _refuse_managed(folder: str) -> None:
    """husky writes the hooks that git calls anew whenever it likes."""
    if os.path.isfile(os.path.join(folder, "h")) or os.path.isfile(os.path.join(folder, "husky.sh")):
        raise GitError(
            f"{folder}: husky manages these hooks",
            "add `keyguard scan --staged` to .husky/pre-commit, and so on: docs/hooks.md",
        )


def _any(folder: str) -> bool:
    try:
        return bool(os.listdir(folder))
    except OSError:
        return False


def _tell(hook: Hook) -> None:
    before = f"; {hook.name}{KEPT} runs before it" if hook.kept and hook.state.value.startswith("installed") else ""
    click.echo(f"{hook.name}: {hook.state.value}{before} ({hook.path})")

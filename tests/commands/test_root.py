from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click
import pytest

from keyguard.commands.audit import SUBCOMMANDS as AUDIT
from keyguard.commands.lazy import module_of
from keyguard.commands.root import PREFIX, SUBCOMMANDS, root
from tests.program import loaded_modules, run_keyguard


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_each_subcommand_explains_itself(name: str) -> None:
    command = import_module(module_of(PREFIX, name)).command
    assert isinstance(command, click.Command)
    assert command.name == name
    with command.make_context(name, [], resilient_parsing=True) as context:
        assert command.help
        assert "--help" in command.get_help(context)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_each_option_explains_itself(name: str) -> None:
    command = import_module(module_of(PREFIX, name)).command
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert all(option.help for option in options)


def test_every_module_with_a_command_is_a_subcommand() -> None:
    folder = Path(import_module("keyguard.commands").__file__ or "").parent
    with_command = {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text(encoding="utf-8")}
    named = {module_of(PREFIX, name) for name in SUBCOMMANDS} | {module_of(f"{PREFIX}audit_", name) for name in AUDIT}
    assert {PREFIX + stem for stem in with_command} == named


def test_help_fits_a_terminal_of_80_columns(tmp_path: Path) -> None:
    for words in ((), *((name,) for name in SUBCOMMANDS)):
        help_text = run_keyguard(*words, "--help", cwd=tmp_path).stdout.decode()
        assert max(map(len, help_text.splitlines())) <= 80


def test_help_loads_no_subcommand(tmp_path: Path) -> None:
    assert not {module_of(PREFIX, name) for name in SUBCOMMANDS} & loaded_modules("--help", cwd=tmp_path)


def test_the_group_is_the_program() -> None:
    assert sorted(SUBCOMMANDS) == root.list_commands(click.Context(root))

"""`keyguard completion`: the code that makes a shell complete keyguard."""

from __future__ import annotations

import click

from keyguard.commands.options import debug

SHELLS = ("bash", "zsh", "fish")

EPILOG = """\b
Examples:
  keyguard completion bash >> ~/.bashrc
  keyguard completion zsh >> ~/.zshrc
  keyguard completion fish > ~/.config/fish/completions/keyguard.fish
"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(SHELLS))
@debug
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the code that makes SHELL complete keyguard's commands and options."""
    from click.shell_completion import get_completion_class

    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(completer(context.find_root().command, {}, "keyguard", "_KEYGUARD_COMPLETE").source())
    return 0

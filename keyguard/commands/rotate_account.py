"""The account a rotation works in: provider file, credential, the person's parts, and figures of use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from keyguard.commands.config import Config
from keyguard.commands.credentials import credential_values
from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from keyguard.http import Settings
    from keyguard.providers.rotating import Turn
    from keyguard.respond.rotate_desk import Desk
    from keyguard.state.database import Database


def last_use_by(state: Database, provider: str) -> Callable[[str], float | None]:
    """When a key was last used, by the figures that `keyguard audit read` has kept."""

    def last_use(key: str) -> float | None:
        from keyguard.state.usage import Choice, series

        last = None
        for each in series(state, Choice(provider=provider, key=key)):
            for point in each.points:
                if point.requests or point.tokens or point.money:
                    last = max(last or 0.0, float(point.start + each.name.granularity))
        return last

    return last_use


def open_desk(
    provider: str, kind: str, parts: Mapping[str, str], config: Config, settings: Settings, reference: str
) -> Desk:
    from keyguard.http import Client
    from keyguard.providers.actions import find_file
    from keyguard.providers.rotating import read_turns
    from keyguard.respond.rotate_desk import Desk

    file = find_file(provider)
    if file is None:
        raise ConfigError(f"there is no provider {provider!r}", "keyguard rules list")
    turns = read_turns(file)
    turn = _turn(provider, turns, kind)
    if unknown := set(parts) - set(turn.parts):
        raise click.UsageError(f"--part {min(unknown)}: expected one of {', '.join(turn.parts) or 'none'}")
    credential = credential_values(config, provider, reference)
    if not credential:
        raise ConfigError(
            f"{provider}: rotating needs {turn.credential}",
            f'--credential env:NAME, or in the settings: [credentials] {provider} = "env:NAME"',
        )
    return Desk(file, turn, Client(settings, file.hosts), settings, {**credential, **parts})


def _turn(provider: str, turns: tuple[Turn, ...], kind: str) -> Turn:
    made = [turn for turn in turns if turn.make]
    if not made:
        reason = next((turn.none for turn in turns if turn.none), "its provider file does not say how")
        raise ConfigError(f"{provider}: keyguard cannot rotate its keys: {reason}", f"keyguard playbook {provider}")
    named = [turn for turn in made if turn.kind == kind or (not kind and len(made) == 1)]
    if not named:
        raise click.UsageError(f"--kind: expected one of {', '.join(turn.kind for turn in made)}")
    return named[0]


def pairs_of(words: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if any(not name or not equals or not value for name, equals, value in pairs):
        raise click.UsageError(f"{option}: expected NAME=VALUE")
    return {name: value for name, _, value in pairs}

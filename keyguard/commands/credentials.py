"""Credentials of the person's own: references from the command line or [credentials], fetched when they are needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from keyguard.commands.network import require_named
from keyguard.errors import ConfigError
from keyguard.http.credentials import CredentialError, check_reference, fetch

if TYPE_CHECKING:
    from keyguard.commands.config import Config
    from keyguard.model import Secret


def credential_values(config: Config, provider: str, reference: str = "") -> dict[str, Secret]:
    """Values by name for a provider's requests; none where no credential is named.

    `credential` for a reference as text, `credential.<part>` for each part of a table. `reference` is the command
    line's; it wins over the file's.
    """
    if not reference:
        require_named(config, "credentials")
    named: Any = reference or _table(config).get(provider)
    if not named:
        return {}
    if isinstance(named, str):
        return {"credential": _fetch(config, provider, named, shown=bool(reference))}
    if isinstance(named, dict) and all(isinstance(each, str) for each in named.values()):
        return {f"credential.{part}": _fetch(config, provider, each) for part, each in named.items()}
    raise ConfigError(f"{config.path}: credentials: {provider}: expected a reference, or a table of them")


def _table(config: Config) -> dict[str, Any]:
    table = config.tables.get("credentials", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{config.path}: credentials: expected one table, written as [credentials]")
    return table


def _fetch(config: Config, provider: str, reference: str, *, shown: bool = False) -> Secret:
    try:
        return fetch(check_reference(reference), os.environ)
    except CredentialError as error:
        place = "--credential" if shown else f"{config.path}: credentials: {provider}"
        raise CredentialError(f"{place}: {error}", error.hint) from None

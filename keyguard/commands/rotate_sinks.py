"""Where a rotation writes to, from the words of a command line, with the credentials that each place needs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from keyguard.commands.credentials import credential_values
from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.commands.config import Config
    from keyguard.http import Settings
    from keyguard.http.signing import AwsKey
    from keyguard.model import Secret
    from keyguard.respond.sinks import Sink

KINDS: Final = ("env", "aws-sm", "vault", "github", "op", "cmd")
_HINT: Final = "env:FILE, aws-sm:NAME, vault:MOUNT/PATH, github:OWNER/REPO, op:VAULT/ITEM or cmd:PROGRAM ARGUMENTS"
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]")


def settle(word: str) -> str:
    """The word as it is recorded: it must mean the same from any folder. ConfigError where it names no place."""
    kind, colon, rest = word.partition(":")
    if not colon or kind not in KINDS or not rest.strip():
        raise ConfigError(f"--to {kind}: expected a place to write to", _HINT)
    return f"env:{os.path.abspath(os.path.expanduser(rest))}" if kind == "env" else word


def sinks_of(words: Sequence[str], config: Config, settings: Settings) -> list[Sink]:
    """A sink for each word. ConfigError where its credential is missing."""
    return [_sink(word, config, settings) for word in words]


def _sink(word: str, config: Config, settings: Settings) -> Sink:
    from keyguard.respond.sinks.command import Command
    from keyguard.respond.sinks.envfile import EnvFile
    from keyguard.respond.sinks.onepassword import OnePassword

    kind, _, rest = word.partition(":")
    if kind == "env":
        return EnvFile(rest)
    if kind == "cmd":
        return Command(rest, os.environ)
    if kind == "op":
        return OnePassword(rest, os.environ)
    if kind == "vault":
        return _vault(rest, config, settings)
    return _github(rest, config, settings) if kind == "github" else _secrets_manager(rest, config, settings)


def _vault(place: str, config: Config, settings: Settings) -> Sink:
    from keyguard.http import Client
    from keyguard.model import Secret
    from keyguard.respond.sinks.vault import Vault

    address = os.environ.get("VAULT_ADDR") or os.environ.get("BAO_ADDR") or ""
    host = urlsplit(address).hostname
    if not host:
        raise ConfigError(
            "--to vault: there is no VAULT_ADDR in the environment", "VAULT_ADDR=https://vault.example.com:8200"
        )
    given = os.environ.get("VAULT_TOKEN") or os.environ.get("BAO_TOKEN") or ""
    token = Secret(os.fsencode(given)) if given else _credential(config, "vault", "a token of Vault (or VAULT_TOKEN)")
    # A port of one's own is usual here; requests elsewhere have none, so it is an endpoint that the person set.
    settings = _led(settings, host, address)
    return Vault(place, f"https://{host}", token, Client(settings, (host,)))


def _led(settings: Settings, host: str, address: str) -> Settings:
    from dataclasses import replace

    return replace(settings, endpoints={**settings.endpoints, host: address})


def _github(place: str, config: Config, settings: Settings) -> Sink:
    from keyguard.http import Client
    from keyguard.respond.sinks.github import GitHubSecrets

    token = _credential(config, "github", "a token that may write secrets of the repository")
    return GitHubSecrets(place, token, Client(settings, ("api.github.com",)))


def _secrets_manager(identity: str, config: Config, settings: Settings) -> Sink:
    from keyguard.http import Client
    from keyguard.respond.sinks.secretsmanager import SecretsManager

    pieces = identity.split(":")
    region = pieces[3] if identity.startswith("arn:") and len(pieces) > 3 else ""
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    if not _REGION.fullmatch(region):
        raise ConfigError("--to aws-sm: the region is none", "AWS_REGION=eu-central-1")
    host = f"secretsmanager.{region}.amazonaws.com"
    return SecretsManager(identity, region, _aws_key(config), Client(settings, (host,)))


def _aws_key(config: Config) -> AwsKey:
    from keyguard.respond.asking import aws_key

    values = credential_values(config, "aws-sm") or credential_values(config, "aws")
    if not values:
        raise ConfigError(
            "--to aws-sm: needs an identity of AWS", '[credentials] aws = "cmd:aws configure export-credentials"'
        )
    return aws_key(values, "credential")


def _credential(config: Config, name: str, what: str) -> Secret:
    found = credential_values(config, name).get("credential")
    if found is None:
        raise ConfigError(f"--to {name}: needs {what}", f'in the settings: [credentials] {name} = "env:NAME"')
    return found

"""`keyguard keys`: the keys of all accounts that a credential is configured for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from keyguard.commands.config import Config
from keyguard.commands.credentials import credential_values
from keyguard.commands.options import config_file, debug, text_or_json
from keyguard.commands.rotate import length
from keyguard.commands.wishes import configuration
from keyguard.errors import ConfigError, KeyguardError

if TYPE_CHECKING:
    from keyguard.http import Settings
    from keyguard.model import Secret
    from keyguard.respond.keys import Policy, Row

EPILOG = """\b
Examples:
  keyguard keys --config keys.toml
  keyguard keys openrouter aws --max-age 90d --unused 30d

\b
Settings (in a file that you name):
  [credentials]
  openrouter = "env:OPENROUTER_MANAGEMENT_KEY"
  openai = "env:OPENAI_ADMIN_KEY"
  [keys.openai]                       what requests need beside the credential
  project = "proj_…"
"""


@click.command("keys", epilog=EPILOG, short_help="List the keys of your accounts, and which break a policy.")
@click.argument("providers", nargs=-1)
@click.option("--max-age", callback=length, metavar="TIME", help="Keys older than this break the policy, as 90d.")
@click.option("--unused", callback=length, metavar="TIME", help="So do keys that were not used for so long, as 30d.")
@click.option("--only-broken", is_flag=True, help="Show those alone that break it.")
@text_or_json
@config_file
@debug
def command(**given: Any) -> int:
    """List keys: age, last use, owner, scope, and which policy they break.

    Exit code 0 where none breaks it, 1 where one does, 3 where an account could not be read.
    """
    from keyguard.commands.network import settings_of
    from keyguard.respond.keys import Policy

    config = configuration(given["config"])
    settings = settings_of(config)
    policy = Policy(given["max_age"] or 0.0, given["unused"] or 0.0)
    rows, problems = _gather(config, settings, policy, given["providers"])
    shown = [row for row in rows if row.breaks or not given["only_broken"]]
    if given["shape"] == "json":
        click.echo(json.dumps([_as_json(row) for row in shown], indent=2, ensure_ascii=False))
    else:
        for row in shown:
            click.echo(_line(row))
    for problem in problems:
        click.echo(f"keyguard: {problem}", err=True)
    broken = sum(bool(row.breaks) for row in rows)
    click.echo(f"keyguard: {len(rows)} keys, {broken} break the policy", err=True)
    return 3 if problems else int(bool(broken))


def _gather(config: Config, settings: Settings, policy: Policy, named: tuple[str, ...]) -> tuple[list[Row], list[str]]:
    """All keys, and in words why an account could not be read."""
    from keyguard.providers.actions import find_file
    from keyguard.respond.keys import inventory, judge_keys

    rows: list[Row] = []
    problems: list[str] = []
    for provider in named or tuple(_listable(config)):
        file = find_file(provider)
        if file is None or "rotate" not in file.tables:
            problems.append(f"{provider}: its provider file does not say how to list keys")
            continue
        try:
            credential = credential_values(config, provider)
            if not credential:
                raise ConfigError(f"{provider}: no credential", f'[credentials] {provider} = "env:NAME"')
            values: dict[str, Secret | str] = {**credential, **_parts(config, provider)}
            rows += judge_keys(provider, inventory(file, values, settings), policy, time.time())
        except KeyguardError as error:
            problems.append(f"{provider}: {error}" + (f" ({error.hint})" if error.hint else ""))
    return rows, problems


def _listable(config: Config) -> Iterator[str]:
    """The providers with a credential whose keys can be listed. ConfigError where there is none."""
    from keyguard.providers.actions import find_file

    found = False
    for provider in config.tables.get("credentials", {}):
        file = find_file(provider)
        tables = file.tables.get("rotate", []) if file else []
        if any("list" in table for table in (tables if isinstance(tables, list) else [tables])):
            found = True
            yield provider
    if not found:
        raise ConfigError("no account is configured", "name credentials under [credentials] and the file by --config")


def _parts(config: Config, provider: str) -> Mapping[str, str]:
    table = config.tables.get("keys", {})
    parts = table.get(provider, {}) if isinstance(table, dict) else None
    if not isinstance(parts, dict) or not all(isinstance(each, str) for each in parts.values()):
        raise ConfigError(f"{config.path}: keys.{provider}: expected a table of texts")
    return parts


def _line(row: Row) -> str:
    from keyguard.report.visible import visible

    key = row.key
    facts = (("owner", key.owner), ("made", key.created), ("used", key.used or "-"), ("scope", key.scope))
    told = "  ".join(f"{name} {value}" for name, value in facts if value)
    state = f"  [{key.state}]" if key.state and key.state.lower() not in ("active", "false") else ""
    broken = f"  ! {', '.join(row.breaks)}" if row.breaks else ""
    return visible(f"{row.provider}  {key.id}  {key.title or '-'}  {told}{state}{broken}")


def _as_json(row: Row) -> dict[str, Any]:
    facts = {name: value for name, value in row.key._asdict().items() if name != "row"}
    return {"provider": row.provider, "kind": row.kind, **facts, "breaks": list(row.breaks)}

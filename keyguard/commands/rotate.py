"""`keyguard rotate`: a new key in place of an old one, without a moment when nothing works."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from keyguard.commands.config import Config
from keyguard.commands.options import config_file, credential, debug, state_place
from keyguard.commands.rotate_account import last_use_by, open_desk, pairs_of
from keyguard.commands.rotate_sinks import settle, sinks_of
from keyguard.commands.wishes import configuration
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.http import Settings
    from keyguard.providers.rotating import Turn
    from keyguard.respond.rotate import Outcome, Rotator
    from keyguard.respond.rotate_desk import Desk
    from keyguard.state.database import Database
    from keyguard.state.rotations import Entry, Rotation

EPILOG = """\b
Examples:
  keyguard rotate openrouter --key HASH --to env:.env   only shows the plan
  keyguard rotate openrouter --key HASH --to env:.env --yes
  keyguard rotate aws --key AKIA… --to env:.env --to aws-sm:ci --grace 24h
  keyguard rotate openai --key svc_… --part project=proj_1 --to github:me/site
  keyguard rotate --resume             go on with what was begun
  keyguard rotate --list

\b
Places to write to (--to):
  env:FILE                an env file: 0600, written whole, comments kept
  aws-sm:NAME             AWS Secrets Manager
  vault:MOUNT/PATH        HashiCorp Vault or OpenBao (VAULT_ADDR, VAULT_TOKEN)
  github:OWNER/REPO       secrets of GitHub Actions (or …/REPO/ENVIRONMENT)
  op:VAULT/ITEM           1Password, by its program op
  cmd:PROGRAM ARGUMENTS   a program of yours; the value on its standard input

The new key is made, tried, written to every place, read back and tried again; only then is the old one stopped. Each
step is recorded, so that a run that was killed can be resumed. The value of the new key is in memory only.
"""
_LENGTHS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def length(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Option type: a length of time, as 90s, 10m, 24h or 30d; seconds."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", text.strip())
    if not match:
        raise click.BadParameter(f"{text!r}: expected a number and s, m, h or d, as 24h")
    return float(match[1]) * _LENGTHS[match[2]]


@click.command("rotate", epilog=EPILOG, short_help="Put a new key in the place of an old one.")
@click.argument("provider", default="")
@click.option("--key", default="", metavar="ID", help="The old key, by the id that its provider gives it.")
@click.option("--to", "places", multiple=True, metavar="PLACE", help="Where to write the new key; may be repeated.")
@click.option("--kind", default="", metavar="NAME", help="Which kind of key, where a provider has several.")
@click.option("--part", multiple=True, metavar="NAME=VALUE", help="What requests need beside the key, as project=….")
@click.option("--as", "names", multiple=True, metavar="secret=NAME", help="The name to write under, as id=MY_KEY_ID.")
@click.option("--grace", callback=length, metavar="TIME", help="Let the old key work for so long, as 24h.")
@click.option("--unused", callback=length, metavar="TIME", help="Stop the old key once it was not used for so long.")
@click.option("--delete", "final", is_flag=True, help="Delete the old key, where it would only be switched off.")
@click.option("--replace", default="", metavar="ID", help="Delete this inactive key first, to make room.")
@click.option(
    "--resume", is_flag=True, help="Go on with a rotation (named by its id in place of PROVIDER), or with all."
)
@click.option("--abandon", is_flag=True, help="Give a rotation up (named by its id): remove what it made.")
@click.option("--list", "listing", is_flag=True, help="Show the rotations that are under way.")
@click.option("--incident", default="", metavar="ID", help="Write every step into this incident too.")
@click.option("--yes", is_flag=True, help="Do it. Without this, nothing is made or written.")
@credential
@config_file
@debug
def command(**given: Any) -> int:
    """Put a new key in the place of an old one: make it, write it, try it, and only then stop the old one.

    Exit code 0 when it is done or only waits for its time, 2 when something is wrong; the old key works until the new
    one is in every place.
    """
    from keyguard.commands.network import settings_of
    from keyguard.state.database import open_state
    from keyguard.state.incidents import AREA as INCIDENTS
    from keyguard.state.rotations import AREA
    from keyguard.state.usage import AREA as USAGE

    config = configuration(given["config"])
    with open_state(state_place(), [AREA, INCIDENTS, USAGE]) as state:
        if given["listing"]:
            return _list(state)
        settings = settings_of(config)
        if given["abandon"]:
            return _abandon(state, config, settings, given)
        if given["resume"]:
            return _resume(state, config, settings, given)
        return _start(state, config, settings, given)


def _start(state: Database, config: Config, settings: Settings, given: Mapping[str, Any]) -> int:
    from keyguard.respond.rotate_leftovers import plan_of, replace_key
    from keyguard.state.rotations import Rotation, add

    if not given["provider"] or not given["key"] or not given["places"]:
        raise click.UsageError("expected PROVIDER, --key ID and at least one --to PLACE (or --resume, or --list)")
    places = list(dict.fromkeys(map(settle, given["places"])))
    parts = pairs_of(given["part"], "--part")
    opened = open_desk(given["provider"], given["kind"], parts, config, settings, given["credential"])
    with closing(opened.client):
        turn = opened.turn
        names = {**turn.variables, **pairs_of(given["names"], "--as")}
        if unknown := set(names) - set(turn.variables):
            raise click.UsageError(f"--as: {min(unknown)}: expected one of {', '.join(turn.variables)}")
        wishes = {"grace": given["grace"] or 0.0, "unused": given["unused"] or 0.0, "final": given["final"]}
        plan = plan_of(names, places, parts=parts, **wishes)
        now = settings.clock.now()
        rotation = Rotation(secrets.token_hex(4), given["provider"], turn.kind, given["key"], plan, now)
        desk = opened.about(given["key"])
        sinks = sinks_of(places, config, settings)
        for sink in sinks:
            sink.check()
        _announce(turn, rotation)
        if not given["yes"]:
            click.echo("keyguard: nothing was done; --yes does it", err=True)
            return 0
        add(state, rotation)
        click.echo(f"keyguard: rotation {rotation.id}", err=True)
        if given["replace"]:
            replace_key(desk, given["replace"], given["key"])
        return _run(_rotator(rotation, desk, sinks, state, given["incident"]))


def _resume(state: Database, config: Config, settings: Settings, given: Mapping[str, Any]) -> int:
    chosen = _chosen(state, given["provider"])
    if not chosen:
        click.echo("keyguard: no rotation is under way", err=True)
    worst = 0
    for rotation in chosen:
        click.echo(f"keyguard: rotation {rotation.id}: {rotation.provider} {rotation.key}", err=True)
        try:
            worst = max(worst, _again(rotation, state, config, settings, given, _run))
        except KeyguardError as error:
            if len(chosen) == 1:
                raise
            click.echo(f"keyguard: {error}" + (f" ({error.hint})" if error.hint else ""), err=True)
            worst = 2
    return worst


def _abandon(state: Database, config: Config, settings: Settings, given: Mapping[str, Any]) -> int:
    if not given["provider"]:
        raise click.UsageError("--abandon: name the rotation, as in keyguard rotate --abandon 1a2b3c4d")

    def abandon(rotator: Rotator) -> int:
        rotator.abandon()
        click.echo(f"keyguard: rotation {rotator.rotation.id} given up; the old key works as before", err=True)
        return 0

    return _again(_chosen(state, given["provider"])[0], state, config, settings, given, abandon)


def _again(
    rotation: Rotation,
    state: Database,
    config: Config,
    settings: Settings,
    given: Mapping[str, Any],
    act: Callable[[Rotator], int],
) -> int:
    """Open again what a recorded rotation needs, and do `act` with it."""
    from keyguard.respond.rotate_leftovers import replace_key

    plan = rotation.plan
    opened = open_desk(rotation.provider, rotation.kind, plan["parts"], config, settings, given["credential"])
    with closing(opened.client):
        sinks = sinks_of(plan["sinks"], config, settings)
        desk = opened.about(rotation.key)
        if given["replace"]:
            replace_key(desk, given["replace"], rotation.key)
        return act(_rotator(rotation, desk, sinks, state, given["incident"]))


def _chosen(state: Database, named: str) -> list[Rotation]:
    from keyguard.state.rotations import rotations

    found = [each for each in rotations(state, only_open=True) if each.id.startswith(named)]
    if named and len(found) != 1:
        raise KeyguardError(
            f"{named}: {'no rotation' if not found else 'several rotations'} under way of this id",
            "keyguard rotate --list",
        )
    return found


def _run(rotator: Rotator) -> int:
    from keyguard.state.lock import held

    with held(rotator.state.path, "rotation"):
        outcome = rotator.run()
    click.echo(_told(outcome, rotator.rotation), err=True)
    return 0


def _told(outcome: Outcome, rotation: Rotation) -> str:
    if outcome.state == "done":
        return f"keyguard: done: {outcome.successor} is in place; {outcome.note or 'the old key is stopped'}"
    when = dt.datetime.fromtimestamp(outcome.until, dt.timezone.utc).isoformat(timespec="seconds")
    why = f" ({outcome.note})" if outcome.note else ""
    return (
        f"keyguard: {outcome.successor} is in place; {rotation.key} works until {when}{why}; "
        f"then: keyguard rotate --resume {rotation.id}"
    )


def _rotator(rotation: Rotation, desk: Desk, sinks: list[Any], state: Database, incident: str) -> Rotator:
    from keyguard.commands.incident_steps import person, resolve
    from keyguard.respond.incident import note
    from keyguard.respond.rotate import Rotator

    named = resolve(state, incident) if incident else ""

    def on_step(entry: Entry) -> None:
        click.echo(f"  {entry.step} {entry.phase}", err=True)
        if named and entry.phase != "begin":
            told = {name: value for name, value in entry.facts.items() if name not in ("fingerprint", "before")}
            body = {"text": f"rotate {rotation.provider} {rotation.key}: {entry.step} {entry.phase}", "facts": told}
            note(state, named, entry.at, person(), "rotate", body)

    return Rotator(rotation, desk, sinks, state, last_use_by(state, rotation.provider), on_step)


def _announce(turn: Turn, rotation: Rotation) -> None:
    plan = rotation.plan
    how = turn.remove if plan["final"] or turn.stop is None else turn.stop
    lines = [
        f"keyguard: rotate {rotation.provider} {rotation.key}",
        "  1. make a new key, and try it",
        *(f"  2. write it to {place} as {', '.join(plan['names'].values())}" for place in plan["sinks"]),
        "  3. read it back where that is possible, and try it again",
        f"  4. {_when(plan)}: {how.do if how else 'nothing'}",
    ]
    if turn.note:
        lines.append(f"  note: {turn.note}")
    click.echo("\n".join(lines), err=True)


def _when(plan: Mapping[str, Any]) -> str:
    waits = [f"after {plan['grace']:.0f} s"] if plan["grace"] else []
    waits += [f"when it was not used for {plan['unused']:.0f} s"] if plan["unused"] else []
    return " and ".join(waits) or "then"


def _list(state: Database) -> int:
    from keyguard.state.rotations import entries, rotations

    for rotation in rotations(state, only_open=True):
        last = entries(state, rotation.id)[-1:]
        step = f"{last[0].step} {last[0].phase}" if last else "not begun"
        when = dt.datetime.fromtimestamp(rotation.opened, dt.timezone.utc).isoformat(timespec="seconds")
        click.echo(f"{rotation.id}  {when}  {rotation.provider} {rotation.key}  {step}")
    return 0

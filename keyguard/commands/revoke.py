"""`keyguard revoke`: one leaked secret, shown how it would be stopped, or stopped."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.commands.credentials import credential_values
from keyguard.commands.findings import LostSecret, read_findings, read_stdin
from keyguard.commands.options import (
    allowed_requests,
    config_file,
    credential,
    debug,
    found_in,
    given_secret,
    in_history,
    state_place,
    text_or_json,
)
from keyguard.commands.revoke_text import done_lines, plan_lines, plan_tree, result_tree
from keyguard.commands.wishes import configuration
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.commands.config import Config
    from keyguard.http import Settings
    from keyguard.model import Finding, Secret
    from keyguard.respond.revoke import Outcome, Stop, Target
    from keyguard.state.database import Database

EPILOG = """\b
Examples:
  keyguard revoke 3f9a01                what would be done; sends nothing
  keyguard revoke 3f9a01 --yes          do it, then check that the key is dead
  keyguard revoke 3f9a01 --yes --credential env:OPENAI_ADMIN_KEY
  keyguard revoke 3f9a01 --undo --yes   take it back, where that is possible
  pass show key | keyguard revoke --stdin --rule github-personal-token --yes

The way that can be undone is taken first; --delete takes the final one. Each attempt is recorded before it is sent and
after it was answered. Exit code 0 when the secret is as wanted, 3 when that could not be seen.
"""
_NOTHING_DONE = "nothing was sent; --yes does it"


@click.command("revoke", epilog=EPILOG, short_help="Stop a leaked key at its provider.")
@click.argument("findings", nargs=-1, metavar="[ID|FINDINGS.json]")
@found_in
@given_secret
@in_history
@click.option("--yes", is_flag=True, help="Do it. Without this, nothing is sent.")
@click.option("--delete", is_flag=True, help="For good, where another way could be undone.")
@click.option("--undo", is_flag=True, help="Take back an earlier stop.")
@click.option("--wait", type=click.IntRange(0, 3600), metavar="SECONDS", help="Ask for its death no longer than this.")
@click.option("--way", default="", metavar="NAME", help="Another way than the usual one, by its name.")
@click.option("--key", default="", metavar="ID", help="The provider's id of the key, instead of finding it.")
@click.option("--in", "group", default="", metavar="ID", help="With --key: the project or account the key is in.")
@credential
@allowed_requests
@text_or_json
@config_file
@debug
def command(**given: Any) -> int:
    """Stop a leaked key at its provider: show the request first, send it with --yes, then check that the key is dead.

    ID is a finding's fingerprint, or its first digits.
    """
    from keyguard.commands.network import settings_of
    from keyguard.respond.revoke import plan_stop

    finding = _finding(given)
    config = configuration(given["config"])
    settings = settings_of(config, offline=given["offline"])
    trusted = [Path(path) for path in given["trust_rules"]]
    way = given["way"] or (_way_taken(finding) if given["undo"] else "")
    stop = plan_stop(finding, trusted, way=way, delete=given["delete"], undoing=given["undo"])
    if given["wait"] is not None:
        stop = stop._replace(way=stop.way._replace(wait=given["wait"]))
    by_hand = _named(given)
    if given["yes"]:
        return _do(stop, by_hand, config, settings, given)
    if given["shape"] == "json":
        click.echo(json.dumps(plan_tree(stop, by_hand), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join([*plan_lines(stop, by_hand), "", _NOTHING_DONE]))
    return 0


def _finding(given: Mapping[str, Any]) -> Finding:
    """The one finding that is named; KeyguardError where it is none or several."""
    found = _wanted(given)
    distinct = list({(each.rule, each.fingerprint): each for each in found}.values())
    if len(distinct) != 1:
        shown = ", ".join(f"{each.fingerprint[:12]} ({each.rule})" for each in distinct[:10])
        raise KeyguardError(
            f"{len(distinct)} secrets are named, and one is stopped at a time", f"name one of: {shown}" if shown else ""
        )
    if isinstance(distinct[0].secret, LostSecret) and not given["key"]:
        click.echo("keyguard: the secret is not at its place any more; only its record can be acted on", err=True)
    return distinct[0]


def _wanted(given: Mapping[str, Any]) -> tuple[Finding, ...]:
    words = given["findings"]
    if given["stdin"]:
        if words or given["report"] or not given["rule"]:
            raise click.UsageError("--stdin needs --rule, and no other findings")
        return read_stdin(given["rule"], given["part"]).findings
    if len(words) != 1 and not (given["report"] and not words):
        raise click.UsageError("name one finding by its fingerprint, or give --stdin --rule ID")
    if given["rule"] or given["part"]:
        raise click.UsageError("--rule and --part need --stdin")
    if not given["report"]:
        return read_findings(words, os.curdir, history=given["history"]).findings
    found = read_findings([given["report"]], os.curdir).findings
    mine = tuple(each for each in found if not words or each.fingerprint.startswith(words[0]))
    if not mine:
        raise KeyguardError(f"{words[0]}: no finding of {given['report']} has this fingerprint")
    return mine


def _named(given: Mapping[str, Any]) -> Target:
    from keyguard.respond.revoke import Target

    if given["group"] and not given["key"]:
        raise click.UsageError("--in needs --key")
    return Target(given["key"], given["group"], account=given["key"])


def _way_taken(finding: Finding) -> str:
    """The way that the last stop of this secret took; empty where none is known of."""
    from keyguard.state.revocations import last_stop

    if not state_place().exists():
        return ""
    with _state() as state:
        last = last_stop(state, finding.fingerprint)
    return last.way if last else ""


def _state() -> Database:
    from keyguard.state.database import open_state
    from keyguard.state.revocations import AREA

    return open_state(state_place(), [AREA])


def _do(stop: Stop, by_hand: Target, config: Config, settings: Settings, given: Mapping[str, Any]) -> int:
    from keyguard.respond.revoke import carry_out
    from keyguard.state.revocations import append

    credential = _credential(stop, config, given["credential"])
    with _state() as state:
        target = _target(stop, by_hand, credential, settings, state)
        click.echo(f"keyguard: asking {stop.request.host}", err=True)
        person = os.environ.get("USER") or os.environ.get("USERNAME") or ""
        outcome = carry_out(stop, target, credential, settings, lambda entry: append(state, entry), person)
    _tell(stop, target, outcome, given["shape"])
    return 0 if outcome.proven or not stop.way.proof else 3


def _credential(stop: Stop, config: Config, named: str) -> dict[str, Secret]:
    if not stop.way.credential:
        return {}
    values = credential_values(config, stop.file.provider, named)
    if not values:
        raise KeyguardError(
            f"{stop.finding.rule}: stopping it needs {stop.way.credential}",
            f'--credential env:NAME, or in the settings: [credentials] {stop.file.provider} = "env:NAME"',
        )
    return values


def _target(
    stop: Stop, by_hand: Target, credential: Mapping[str, Secret], settings: Settings, state: Database
) -> Target:
    """The key by the id that was given, by that of the stop to be taken back, or as the provider tells it."""
    from keyguard.respond.identify import IdentifyError
    from keyguard.respond.revoke import RevokeError, Target, find_target
    from keyguard.respond.verify import verify_one
    from keyguard.state.revocations import last_stop

    if by_hand.id or not stop.needs_record:
        return by_hand
    last = last_stop(state, stop.finding.fingerprint) if stop.undoing else None
    if last and last.target and not stop.way.copies:
        return Target(last.target, last.target_in, account=last.target)
    try:
        return find_target(stop, credential, settings)
    except IdentifyError as error:
        if not stop.even_dead and verify_one(stop.finding, settings, stop.trusted).state == "dead":
            return by_hand  # a dead secret is often not listed any more, and there is nothing to send
        seen = "; ".join(
            f"{each.id}{f' in {each.over}' if each.over else ''} ({each.title or 'no name'}, owner {each.owner or '?'})"
            for each in error.records
        )
        hint = "--key ID" + (" --in ID" if stop.needs_group else "") + " names the key"
        hint += f": {seen}" if seen else f"; {error.hint}" if error.hint else ""
        raise RevokeError(f"{error}; nothing was sent that changes anything", hint) from None


def _tell(stop: Stop, target: Target, outcome: Outcome, shape: str) -> None:
    if shape == "json":
        click.echo(json.dumps(result_tree(stop, target, outcome), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(done_lines(stop, target, outcome)))

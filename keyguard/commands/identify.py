"""`keyguard identify`: which key of the provider's own list a leaked secret is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.commands.config import Config
from keyguard.commands.credentials import credential_values
from keyguard.commands.findings import wanted_of
from keyguard.commands.options import (
    allowed_requests,
    config_file,
    credential,
    debug,
    given_secret,
    in_history,
    text_or_json,
)
from keyguard.commands.wishes import configuration
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.http import Settings
    from keyguard.model import Finding
    from keyguard.respond.identify import Record

EPILOG = """\b
Examples:
  keyguard identify findings.json
  keyguard identify 3f9a01 --credential env:OPENAI_ADMIN_KEY
  keyguard identify 3f9a01 --credential file:~/.secrets/openrouter
  keyguard identify 3f9a01 --credential 'cmd:aws configure export-credentials'

Most providers tell the id of a key only to an administrator: name that credential by where it is kept, here or in the
settings under [credentials]. Nothing is changed. Where two keys look like the leaked one, both are shown and none is
chosen.
"""


@click.command("identify", epilog=EPILOG, short_help="Find the provider's own record of a leaked key.")
@click.argument("findings", nargs=-1, metavar="[FINDINGS.json|ID]...")
@given_secret
@in_history
@credential
@allowed_requests
@text_or_json
@config_file
@debug
def command(**given: Any) -> int:
    """Find the provider's own record of leaked keys: id, name, owner, last use, so that the right one is stopped.

    Exit code 0 where each was found, 3 where one was not.
    """
    from keyguard.commands.network import settings_of

    config = configuration(given["config"])
    settings = settings_of(config, offline=given["offline"])
    trusted = [Path(path) for path in given["trust_rules"]]
    wanted = wanted_of(given)
    if not wanted.findings:
        raise KeyguardError("there is no secret to identify")
    outcomes = [_outcome(each, config, settings, trusted, given["credential"]) for each in wanted.findings]
    if given["shape"] == "json":
        click.echo(json.dumps(outcomes, indent=2, ensure_ascii=False))
    else:
        for outcome in outcomes:
            click.echo("\n".join(_lines(outcome)))
    return 0 if all(outcome["record"] for outcome in outcomes) else 3


def _outcome(finding: Finding, config: Config, settings: Settings, trusted: list[Path], named: str) -> dict[str, Any]:
    from keyguard.respond.identify import IdentifyError, identify, search_for

    outcome: dict[str, Any] = {
        "rule": finding.rule,
        "masked": finding.secret.masked,
        "fingerprint": finding.fingerprint,
        "record": None,
        "candidates": [],
        "problem": "",
        "hint": "",
    }
    try:
        _, search = search_for(finding, trusted)
        credential = credential_values(config, finding.provider, named) if search.credential else {}
        if search.request is not None and not settings.offline:
            click.echo(f"keyguard: asking {search.request.host}", err=True)
        record = identify(finding, credential, settings, trusted)
        outcome["record"] = _shown(record)
    except IdentifyError as error:
        outcome |= {"problem": str(error), "hint": error.hint, "candidates": [_shown(each) for each in error.records]}
    except KeyguardError as error:
        outcome |= {"problem": str(error), "hint": error.hint}
    return outcome


def _shown(record: Record) -> dict[str, str]:
    return {name: value for name, value in record._asdict().items() if value}


def _lines(outcome: Mapping[str, Any]) -> list[str]:
    from keyguard.report.visible import visible

    head = f"{outcome['rule']}  {outcome['masked']}"
    if outcome["record"]:
        return [visible(head), *_record_lines(outcome["record"], "  ")]
    lines = [visible(head), f"  {visible(outcome['problem'])}"]
    if outcome["hint"]:
        lines.append(f"  hint: {visible(outcome['hint'])}")
    for number, record in enumerate(outcome["candidates"], 1):
        lines += [f"  candidate {number}", *_record_lines(record, "    ")]
    return lines


def _record_lines(record: Mapping[str, str], indent: str) -> list[str]:
    from keyguard.report.visible import visible

    names = {"over": "in", "used": "last used"}
    return [f"{indent}{names.get(name, name)}: {visible(value)}" for name, value in record.items()]

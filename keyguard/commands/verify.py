"""`keyguard verify`: found secrets in, verdicts of their providers out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyguard.commands.findings import wanted_of
from keyguard.commands.options import allowed_requests, config_file, debug, given_secret, in_history, show_secrets
from keyguard.commands.output import FORMATS, STDOUT, check, colored, pair, write_file, write_stdout
from keyguard.commands.wishes import configuration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from keyguard.commands.config import Config
    from keyguard.commands.findings import Wanted
    from keyguard.model import Finding, Report
    from keyguard.respond.verify import Plan

EPILOG = """\b
Examples:
  keyguard scan -o findings.json; keyguard verify findings.json
  keyguard verify 3f9a01                     a finding, by its fingerprint
  keyguard verify --history 3f9a01           the same in all its history
  keyguard verify --stdin < .env             every secret in a text
  pass show old-key | keyguard verify --stdin --rule openai-project-key
  keyguard verify --only-live findings.json

A report holds no secrets unless it was written with --show-secrets: each finding is scanned again at its place, from
the folder you are in, to get the value. One request that only reads goes to the provider's own host for each distinct
secret; the hosts are named before the first one is sent.
"""


@click.command("verify", epilog=EPILOG, short_help="Ask providers whether found secrets are live.")
@click.argument("findings", nargs=-1, metavar="[FINDINGS.json|ID]...")
@given_secret
@in_history
@click.option("--only-live", is_flag=True, help="Show live and restricted ones only.")
@allowed_requests
@click.option("-f", "--format", multiple=True, type=click.Choice(FORMATS), help="Of the report; text unless named.")
@click.option("-o", "--output", multiple=True, metavar="FILE", help="Write the report there.")
@show_secrets
@click.option("--exit-code", type=click.IntRange(0, 255), default=1, metavar="N", help="Exit with N on findings.")
@config_file
@click.option("-q", "--quiet", is_flag=True, help="No notes, only the report.")
@debug
def command(**given: Any) -> int:
    """Ask the providers of found secrets whether these are live, and whose they are.

    FINDINGS.json is a report of `keyguard scan`, ID a finding's fingerprint.
    """
    destinations = pair(given["format"], given["output"])
    check(destinations)
    config = configuration(given["config"])
    wanted = wanted_of(given)
    trusted = [Path(path) for path in given["trust_rules"]]
    verified = verified_findings(
        wanted.findings, config, trusted, offline=given["offline"], quiet=given["quiet"], only_live=given["only_live"]
    )
    report = _report(verified, wanted)
    for format_name, path in destinations:
        _write(report, format_name, path, show_secrets=given["show_secrets"])
    return given["exit_code"] if report.exit_code == 1 else report.exit_code


def verified_findings(
    findings: Sequence[Finding],
    config: Config,
    trusted: Sequence[Path] = (),
    *,
    offline: bool = False,
    quiet: bool = False,
    only_live: bool = False,
) -> tuple[Finding, ...]:
    """The findings with verdicts; the hosts that will be called are named on standard error first."""
    from keyguard.commands.network import settings_of
    from keyguard.respond.verify import plan, verify

    settings = settings_of(config, offline=offline)
    made = plan(findings, trusted)
    if made.checks and not quiet and not settings.offline:
        click.echo(f"keyguard: {_announcement(made)}", err=True)
    done = verify(made, settings)
    return tuple(each for each in done if not only_live or each.verdict in ("live", "restricted"))


def _announcement(made: Plan) -> str:
    count = len(made.checks)
    return f"{count} request{'' if count == 1 else 's'} that only read{'s' if count == 1 else ''}, to " + ", ".join(
        made.hosts
    )


def _report(findings: tuple[Finding, ...], wanted: Wanted) -> Report:
    from keyguard.model import Report, Stats

    return Report("", "verify", findings, (), Stats(), wanted.rules)


def _write(report: Report, format_name: str, path: str, *, show_secrets: bool) -> None:
    from keyguard.report import write_report

    def write(stream: TextIO) -> None:
        color = path == STDOUT and colored(sys.stdout.isatty())
        write_report(report, format_name, stream, show_secrets=show_secrets, color=color, verbose=False)

    if path == STDOUT:
        write_stdout(format_name, write)
    else:
        write_file(path, write, private=show_secrets)

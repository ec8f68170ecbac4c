"""`keyguard incident`: a record of a leak that a team and an auditor can use."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from keyguard.commands.incident_gather import add_usage, body_of, dated, found_again, wanted_findings
from keyguard.commands.incident_steps import person, resolve
from keyguard.commands.options import config_file, debug, in_history, state_place

if TYPE_CHECKING:
    from keyguard.respond.incident import Case
    from keyguard.state.database import Database

EPILOG = """\b
Examples:
  keyguard incident open findings.json
  keyguard incident open 3f9a01 --config keys.toml
  keyguard incident step "told the customer"
  keyguard incident check                 ask the providers again
  keyguard incident report -f html -o incident.html
  keyguard incident close --reason "all stopped"

ID can be left out where one incident is open. Entries are only ever added, each chained to the one before it by its
SHA-256; `verify` shows a later change. Keep the head of a report elsewhere: whoever can write the state file could
write a whole new chain.
"""
_ID = click.argument("incident", default="", metavar="[ID]")


@click.group("incident", epilog=EPILOG)
@debug
def command() -> None:
    """Keep a record of a leak: what, since when, who did what, and whether every key is dead."""


@contextmanager
def _state() -> Iterator[Database]:
    from keyguard.state.database import open_state
    from keyguard.state.incidents import AREA as INCIDENTS
    from keyguard.state.revocations import AREA as REVOCATIONS
    from keyguard.state.usage import AREA as USAGE

    with open_state(state_place(), [INCIDENTS, REVOCATIONS, USAGE]) as state:
        yield state


@command.command("open")
@click.argument("findings", nargs=-1, required=True, metavar="FINDINGS.json|ID...")
@click.option("--report", default="", metavar="FILE", help="Take the IDs from this report of a scan.")
@in_history
@click.option("--title", default="", help="A line that says what happened.")
@click.option("--who", default="", help="Who opens it; you unless named.")
@click.option("--offline", is_flag=True, help="Do not verify or identify.")
@config_file
@debug
def open_command(**given: Any) -> int:
    """Open an incident for findings: verified, identified where a credential is configured, and with their use."""
    from keyguard.commands.verify import verified_findings
    from keyguard.commands.wishes import configuration
    from keyguard.respond.incident import absorb, open_incident

    config = configuration(given["config"])
    findings = dated(wanted_findings(given))
    if not given["offline"]:
        findings = verified_findings(findings, config)
    bodies = [body_of(each, config, offline=given["offline"]) for each in findings]
    with _state() as state:
        who = given["who"] or person()
        incident = open_incident(state, time.time(), who, given["title"], bodies)
        absorb(state, incident)
        add_usage(state, incident, who)
        click.echo(incident)
    return 0


@command.command("step")
@click.argument("words", nargs=-1, required=True, metavar="[ID] TEXT")
@click.option("--key", default="", metavar="FINGERPRINT", help="The key that it was about.")
@click.option("--who", default="", help="Who did it; you unless named.")
@debug
def step(words: tuple[str, ...], key: str, who: str) -> int:
    """Write down what was done."""
    from keyguard.respond.incident import STEP, case_of, key_of, note

    *named, text = words
    if len(named) > 1 or not text.strip():
        raise click.UsageError("expected one TEXT in quotes, with the ID of the incident before it")
    with _state() as state:
        incident = resolve(state, "".join(named))
        body = {"text": text}
        if key:
            body["fingerprint"] = key_of(case_of(state, incident), key).fingerprint
        note(state, incident, time.time(), who or person(), STEP, body)
    return 0


@command.command("check")
@_ID
@config_file
@debug
def check(incident: str, config: str | None) -> int:
    """Ask the providers of all keys again, and write down what they say. Exit code 1 while one is not settled."""
    from keyguard.commands.verify import verified_findings
    from keyguard.commands.wishes import configuration
    from keyguard.respond.incident import VERDICT, absorb, case_of, note, verdict_body

    with _state() as state:
        named = resolve(state, incident)
        absorb(state, named)
        case = case_of(state, named)
        found = [each for key in case.keys for each in found_again(key.fingerprint)]
        for finding in verified_findings(found, configuration(config)):
            if finding.details:
                body = verdict_body(finding.fingerprint, finding.details)
                note(state, named, time.time(), person(), VERDICT, body)
        case = case_of(state, named)
        _show_keys(case)
        return 0 if all(key.ended for key in case.keys) else 1


@command.command("accept")
@click.argument("words", nargs=-1, required=True, metavar="[ID] FINGERPRINT")
@click.option("--reason", required=True, help="Why it may count as settled.")
@click.option("--who", default="", help="Who decides; you unless named.")
@debug
def accept_command(words: tuple[str, ...], reason: str, who: str) -> int:
    """Let a key count as settled that cannot be proved dead."""
    from keyguard.respond.incident import accept

    *named, fingerprint = words
    if len(named) > 1 or not reason.strip():
        raise click.UsageError("expected [ID] FINGERPRINT, and a line behind --reason that says why")
    with _state() as state:
        accept(state, resolve(state, "".join(named)), time.time(), who or person(), fingerprint, reason)
    return 0


@command.command("show")
@_ID
@debug
def show(incident: str) -> int:
    """Show an incident: its keys and its timeline."""
    from keyguard.report.visible import visible
    from keyguard.respond.incident_report import moment, summary, timeline

    with _state() as state:
        case = _absorbed(state, resolve(state, incident))
    click.echo(f"{case.id}  {visible(case.title)}")
    for line in summary(case):
        click.echo(f"  {visible(line)}")
    _show_keys(case)
    for row in timeline(case):
        text = f"-- {row.what} --" if row.mark else f"{row.who}: {row.what}"
        click.echo(visible(f"{moment(row.at)}  {row.since}  {text}"))
    return 0


@command.command("report")
@_ID
@click.option("-f", "--format", "shape", type=click.Choice(("md", "html", "json")), default="md", help="Of the report.")
@click.option("-o", "--output", default="-", metavar="FILE", help="Write the report there.")
@debug
def report(incident: str, shape: str, output: str) -> int:
    """Write an incident down for people or programs."""
    from keyguard.commands.output import write_file
    from keyguard.respond.incident_report import write_incident

    with _state() as state:
        text = write_incident(_absorbed(state, resolve(state, incident)), shape)

    def write(stream: TextIO) -> None:
        stream.write(text)

    if output == "-":
        write(sys.stdout)
    else:
        write_file(output, write, private=True)
    return 0


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
@debug
def list_command(every: bool) -> int:
    """List open incidents."""
    from keyguard.report.visible import visible
    from keyguard.respond.incident import case_of
    from keyguard.respond.incident_report import moment
    from keyguard.state.incidents import incidents

    with _state() as state:
        for case in (case_of(state, each) for each in incidents(state)):
            if every or not case.closed:
                alive = sum(not key.ended for key in case.keys)
                end = "closed" if case.closed else f"{alive} of {len(case.keys)} keys not settled"
                click.echo(visible(f"{case.id}  {moment(case.opened)}  {end}  {case.title}"))
    return 0


@command.command("close")
@_ID
@click.option("--reason", default="", help="A line for the record.")
@click.option("--who", default="", help="Who closes it; you unless named.")
@debug
def close_command(incident: str, reason: str, who: str) -> int:
    """Close an incident; refused while a key in it is neither dead nor accepted."""
    from keyguard.respond.incident import absorb, close

    with _state() as state:
        named = resolve(state, incident)
        absorb(state, named)
        close(state, named, time.time(), who or person(), reason)
    return 0


@command.command("verify")
@_ID
@click.option("--head", default="", metavar="HASH", help="The head that a report named: it must be in the chain.")
@debug
def verify_command(incident: str, head: str) -> int:
    """Check the chain of hashes. Exit code 1 where an entry was changed, moved or removed."""
    from keyguard.state.incidents import breaks, entries

    with _state() as state:
        named = resolve(state, incident)
        chain = entries(state, named)
    wrong = breaks(chain)
    if head and head not in {entry.hash for entry in chain}:
        wrong.append("the head that was named is not in the chain: entries behind it, or all of them, were rewritten")
    for line in wrong:
        click.echo(f"{named}: {line}")
    if not wrong:
        click.echo(f"{named}: {len(chain)} entries, unchanged, head {chain[-1].hash}")
    return 1 if wrong else 0


def _absorbed(state: Database, incident: str) -> Case:
    from keyguard.respond.incident import absorb, case_of

    absorb(state, incident)
    return case_of(state, incident)


def _show_keys(case: Case) -> None:
    from keyguard.report.visible import visible

    for key in case.keys:
        reason = f" ({key.reason})" if key.reason else ""
        click.echo(visible(f"  {key.fingerprint[:8]}  {key.body['rule']}  {key.body['masked']}  {key.state}{reason}"))

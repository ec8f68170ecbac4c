"""`keyguard playbook`: what to do about a leaked secret, step by step."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING, Any

import click

from keyguard.commands.findings import InputError, read_findings
from keyguard.commands.options import debug, found_in, in_history
from keyguard.errors import KeyguardError
from keyguard.report.playbook import SHAPES, playbook_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding
    from keyguard.model.playbook import Playbook

EPILOG = """\b
Examples:
  keyguard playbook openai                 for any of a provider's secrets
  keyguard playbook aws-access-key         for one rule
  keyguard playbook 3f9a01 --report found.json   for one finding, filled in
  keyguard playbook found.json -f html > leak.html

Nothing is sent. A finding is named by its fingerprint or its first digits; with
--history it is looked for in all that the repository ever held, which also
tells since when it lies open and where it was pushed.
"""


@click.command("playbook", epilog=EPILOG, short_help="Say what to do about a leaked secret, step by step.")
@click.argument("words", nargs=-1, metavar="PROVIDER|RULE|ID|FINDINGS.json...")
@found_in
@in_history
@click.option("-f", "--format", "shape", type=click.Choice(SHAPES), default="text", help="text unless named.")
@click.option("--replacements", is_flag=True, help="Write the secret for git-filter-repo to a private temporary file.")
@debug
def command(**given: Any) -> int:
    """Say what to do about a leaked secret: contain, rotate, investigate, clean, prevent."""
    words = given["words"] or ([given["report"]] if given["report"] else [])
    if not words:
        raise click.UsageError("name a provider, a rule, a finding by its fingerprint, or a report")
    if given["replacements"]:
        return _write_replacements(words, given["report"], history=given["history"])
    playbooks = [each for word in words for each in _playbooks(word, given["report"], history=given["history"])]
    if not playbooks:
        raise KeyguardError("the report holds no findings")
    click.echo(playbook_text(playbooks, given["shape"]), nl=False)
    return 0


def _playbooks(word: str, report: str, *, history: bool) -> Iterator[Playbook]:
    from keyguard.providers.actions import find_file
    from keyguard.respond.playbook import finding_playbook, provider_playbook

    named = None if os.path.isfile(word) else _named(word)
    if named:
        file = find_file(named[0])
        assert file is not None  # noqa: S101 - `_named` found it
        yield provider_playbook(file, named[1])
        return
    now = dt.datetime.now(dt.timezone.utc)
    for finding in _findings(word, report, history=history):
        file = find_file(finding.provider)
        if file is None:
            raise KeyguardError(f"{finding.rule}: no provider file says what to do about it", "its rule is your own")
        yield finding_playbook(file, finding, os.curdir, now)


def _named(word: str) -> tuple[str, str] | None:
    """Provider and rule that a word names; the rule is empty for a provider."""
    from keyguard.providers.actions import open_file
    from keyguard.providers.loader import builtin_files

    paths = {path.stem: path for path in builtin_files()}
    if word in paths:
        return word, ""
    for provider in sorted(paths, key=len, reverse=True):  # the id of a rule begins with its provider's
        if word.startswith(f"{provider}-") and word in open_file(paths[provider]).rules:
            return provider, word
    return None


def _findings(word: str, report: str, *, history: bool) -> tuple[Finding, ...]:
    if report and word != report:
        found = read_findings([report], os.curdir).findings
        mine = tuple(each for each in found if each.fingerprint.startswith(word))
        if not mine:
            raise KeyguardError(f"{word}: no finding of {report} has this fingerprint")
        return mine
    try:
        return read_findings([word], os.curdir, history=history).findings
    except InputError as error:
        if os.path.exists(word) or "no fingerprint" not in str(error):
            raise
        raise InputError(
            f"{word}: no provider, rule, report or fingerprint", "keyguard rules list names providers and rules"
        ) from None


def _write_replacements(words: Sequence[str], report: str, *, history: bool) -> int:
    """Print the name of a file with what git-filter-repo is to replace; the secrets stand nowhere else."""
    from keyguard.respond.replacements import write_replacements

    found = [each for word in words for each in _findings(word, report, history=history)]
    click.echo(write_replacements([each.secret for each in found]))
    click.echo("keyguard: this file holds secrets: remove it when history is rewritten", err=True)
    return 0

"""What goes into an incident: findings with their dates, their provider's record of them, and their use."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import click

from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.commands.config import Config
    from keyguard.model import Finding
    from keyguard.respond.identify import Record
    from keyguard.state.database import Database


def wanted_findings(given: dict[str, Any]) -> tuple[Finding, ...]:
    from keyguard.commands.findings import read_findings

    words = given["findings"]
    if not given["report"]:
        return read_findings(words, os.curdir, history=given["history"]).findings
    found = read_findings([given["report"]], os.curdir).findings
    chosen = tuple(each for each in found if any(each.fingerprint.startswith(word) for word in words))
    if not chosen:
        raise KeyguardError(f"{given['report']}: no finding in it has such a fingerprint")
    return chosen


def dated(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """With the commits that brought them, where we are in a repository and the findings do not tell."""
    from keyguard.respond.incident import exposed_since

    if all(exposed_since(each) for each in findings):
        return findings
    known = {(each.rule, each.fingerprint): each.occurrences for each in _history()}
    return tuple(
        each
        if exposed_since(each)
        else each._replace(occurrences=each.occurrences + known.get((each.rule, each.fingerprint), ()))
        for each in findings
    )


def _history() -> tuple[Finding, ...]:
    from keyguard.commands.places import cache_place
    from keyguard.model import Confidence
    from keyguard.scan import ScanOptions
    from keyguard.scan.history import scan_history

    try:
        return scan_history(os.curdir, ScanOptions(cache=cache_place(), min_confidence=Confidence.LOW)).findings
    except KeyguardError:
        return ()  # no repository: the exposure is not known, and the record says so


def body_of(finding: Finding, config: Config, *, offline: bool) -> dict[str, Any]:
    from keyguard.respond.incident import key_body
    from keyguard.respond.playbook_facts import pushed_to

    record, problem = (None, "") if offline else _record(finding, config)
    body = key_body(finding, finding.details, record, sorted(pushed_to(finding, os.curdir) or ()))
    return {**body, "not_identified": problem} if problem else body


def _record(finding: Finding, config: Config) -> tuple[Record | None, str]:
    """The provider's record, or why there is none."""
    from keyguard.commands.credentials import credential_values
    from keyguard.commands.network import settings_of
    from keyguard.respond.identify import identify, search_for

    try:
        _, search = search_for(finding)
        credential = credential_values(config, finding.provider) if search.credential else {}
        return identify(finding, credential, settings_of(config)), ""
    except KeyguardError as error:
        return None, str(error)


def add_usage(state: Database, incident: str, who: str) -> None:
    """What the keys were used for while they were exposed, as far as `keyguard audit read` has figures."""
    from keyguard.commands.incident_usage import used_during
    from keyguard.respond.incident import USAGE, case_of, note

    for key in case_of(state, incident).keys:
        for text, facts in used_during(state, key.body):
            note(state, incident, time.time(), who, USAGE, {"text": text, "used_by": key.fingerprint, "facts": facts})


def found_again(fingerprint: str) -> tuple[Finding, ...]:
    """The finding with its secret, from the tree or else from history; nothing where it is in neither."""
    from keyguard.commands.findings import read_findings

    for history in (False, True):
        try:
            return read_findings([fingerprint], os.curdir, history=history).findings[:1]
        except KeyguardError:
            continue
    click.echo(
        f"keyguard: {fingerprint[:8]}: not found in this folder or its history, so it is not asked about", err=True
    )
    return ()

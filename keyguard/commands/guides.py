"""The playbooks that go into a report for people: one for each rule that found something."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.model import Finding
    from keyguard.model.playbook import Playbook


def playbooks_of(findings: Iterable[Finding]) -> dict[str, Playbook]:
    """By rule id. A rule that came from a person's own file, or from another scanner's, has none."""
    from keyguard.providers.actions import find_file
    from keyguard.respond.playbook import provider_playbook

    providers = {finding.rule: finding.provider for finding in findings}
    files = {provider: find_file(provider) for provider in set(providers.values())}
    books = {}
    for rule, provider in providers.items():
        file = files[provider]
        if file is not None and rule in file.rules:
            books[rule] = provider_playbook(file, rule)
    return books

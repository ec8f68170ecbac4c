"""The page of one provider in docs/providers: what keyguard finds, asks and stops there, and its playbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyguard.providers.actions import open_file
from keyguard.providers.identifying import read_searches, search_of
from keyguard.providers.loader import builtin_files
from keyguard.providers.revoking import read_ways, reason_of, ways_of
from keyguard.providers.verifying import check_of, read_checks
from keyguard.report.playbook_markdown import code, markdown_body, plain
from keyguard.respond.playbook import provider_playbook

if TYPE_CHECKING:
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.revoking import Way

CLEAN = "clean"
_REST = "Then [clean](CLEAN.md), which is the same for all providers.\n"
_CLEAN_HEAD = "# Clean up after any leak\n\n`keyguard playbook ID` fills this in for a finding.\n\n"
_MADE = "<!-- Written from the provider's file by `python docs/generate.py`. -->"


def provider_pages() -> Iterator[tuple[str, str]]:
    """File name and Markdown of each page, and of the list of them."""
    rows = []
    for path in builtin_files():
        file = open_file(path)
        yield f"{file.provider}.md", page_text(file)
        rows.append(f"* [{plain(file.name)}]({file.provider}.md)\n")
    head = "# Providers\n\nWhat keyguard finds, asks and stops at each, and what to do about a leak.\n\n"
    yield "CLEAN.md", clean_text()
    yield "README.md", head + "".join(sorted(rows, key=str.lower))


def page_text(file: ActionFile) -> str:
    playbook = provider_playbook(file)
    playbook = playbook._replace(phases=tuple(each for each in playbook.phases if each.name != CLEAN))
    return "\n".join([*_head(file), *_rules(file), *_ways(file), ""]) + "\n" + markdown_body(playbook) + _REST


def clean_text() -> str:
    """The page of the phase that is the same for all providers."""
    playbook = provider_playbook(open_file(builtin_files()[0]))
    phase = tuple(each for each in playbook.phases if each.name == CLEAN)
    return f"{_CLEAN_HEAD}{markdown_body(playbook._replace(phases=phase))}"


def _head(file: ActionFile) -> Iterator[str]:
    table = file.tables["provider"]
    yield f"# {plain(file.name)}"
    yield ""
    yield _MADE
    yield ""
    for name, label in (("console", "Console"), ("docs", "Documentation")):
        if table.get(name):
            yield f"* {label}: <{table[name]}>"
    yield f"* Read: {plain(str(table.get('source', '')))} ({table.get('verified', '')})"
    yield f"* On a command line: `keyguard playbook {file.provider}`"
    yield ""


def _rules(file: ActionFile) -> Iterator[str]:
    checks, searches, ways = read_checks(file), read_searches(file), read_ways(file)
    yield "| rule | severity | verify | identify | revoke |"
    yield "|---|---|---|---|---|"
    for rule in file.tables["rule"]:
        name = str(rule["id"])
        check, search = check_of(checks, name), search_of(searches, name)
        cells = (
            f"{code(name)}<br>{plain(str(rule['title']))}",
            str(rule["severity"]),
            "yes" if check and check.request else f"no: {plain(check.none if check else 'nothing is known')}",
            "yes" if search and search.request else f"no: {plain(search.none if search else 'nothing is known')}",
            _stops(file, ways, name),
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def _stops(file: ActionFile, ways: tuple[Way, ...], rule: str) -> str:
    requests = [way.id for way in ways_of(ways, rule) if way.request]
    return ", ".join(map(code, requests)) if requests else f"no: {plain(reason_of(file, ways, rule))}"


def _ways(file: ActionFile) -> Iterator[str]:
    """The requests of `keyguard revoke`."""
    found = [way for way in read_ways(file) if way.request]
    if found:
        yield "| way | request | needs | undo |"
        yield "|---|---|---|---|"
    for way in found:
        if way.request:
            undo = plain(way.undo.do) if way.undo else "not possible"
            request = code(f"{way.request.method} {way.request.url}")
            needs = plain(way.credential) or "the secret itself, or nothing"
            yield f"| {code(way.id)}: {plain(way.do)} | {request} | {needs} | {undo} |"

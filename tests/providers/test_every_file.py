"""Each provider file says of each of its rules how it is verified, identified and revoked, or why not; with sources."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from keyguard.providers.actions import ActionFile, open_file
from keyguard.providers.identifying import read_searches, search_of
from keyguard.providers.loader import builtin_files
from keyguard.providers.playbooks import chapters_of, read_chapters
from keyguard.providers.revoking import read_ways, reason_of, ways_of
from keyguard.providers.rotating import read_turns
from keyguard.providers.verifying import check_of, read_checks

FILES = [open_file(path) for path in builtin_files()]
# When it was read, or that it was not.
DATED = re.compile(r"\b20[2-9]\d-[01]\d\b|unverified")
LEAST_REASON = 15


def problems(file: ActionFile) -> Iterator[str]:
    head = file.tables["provider"]
    if not (head.get("source") and head.get("verified")):
        yield "provider: no source, or no date"
    checks, searches, ways = read_checks(file), read_searches(file), read_ways(file)
    for rule in file.rules:
        for what, found in (("verify", check_of(checks, rule)), ("identify", search_of(searches, rule))):
            if found is None or (found.request is None and len(found.none) < LEAST_REASON):
                yield f"{rule}: neither {what} nor the reason why not"
            elif found.request and not DATED.search(found.source):
                yield f"{rule}: {what} without a date: {found.source}"
        mine = ways_of(ways, rule)
        if not any(way.request and not way.aside for way in mine) and len(reason_of(file, ways, rule)) < LEAST_REASON:
            yield f"{rule}: neither revoke nor the reason why not"
        if any(way.run for way in mine) and not chapters_of(read_chapters(file), "contain", rule):
            yield f"{rule}: a command of its own that its playbook does not show"
    dated: list[Any] = [way for way in ways if not way.none]
    dated += [turn for turn in read_turns(file) if turn.make or turn.list]
    for each in dated:
        if not (each.source and each.verified):
            yield f"{each}: without a source, or a date"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.provider)
def test_nothing_is_left_out(file: ActionFile) -> None:
    assert list(problems(file)) == []


@pytest.mark.parametrize(
    ("table", "said"),
    [("verify", "neither verify"), ("identify", "neither identify")],
)
def test_what_is_left_out_is_found(table: str, said: str) -> None:
    file = next(each for each in FILES if each.provider == "openai")
    cut = file._replace(tables={name: value for name, value in file.tables.items() if name != table})
    assert any(said in each for each in problems(cut))


def test_a_source_without_a_date_is_found() -> None:
    file = next(each for each in FILES if each.provider == "openai")
    checks = [{**table, "source": "somewhere"} for table in file.tables["verify"]]
    assert any(
        "verify without a date" in each for each in problems(file._replace(tables={**file.tables, "verify": checks}))
    )

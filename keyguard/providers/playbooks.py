"""The [[playbook]] tables of a provider file: what a person does about a leaked secret, phase by phase."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.providers.actions import ActionFile, tables_of
from keyguard.providers.placeholders import names_in
from keyguard.providers.schema import Field, check_table

TABLE = "playbook"
STEP = "playbook.step"
PHASES = ("contain", "rotate", "investigate", "clean", "prevent")
_LINK = re.compile(r"https://[a-z0-9{][a-z0-9{}.-]*\.[a-z]{2,}(?::[0-9]+)?(?:/[!-~]*)?")


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\n" not in value


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_line, value))


def _is_date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


_LINE = Field("one line of text", _is_line, "")
CHAPTER: Mapping[str, Field] = {
    "phase": Field(f"one of {', '.join(PHASES)}", lambda value: value in PHASES),
    "rules": Field("a list of rule ids of this file", _is_lines, []),
    "source": Field("a line that says where this was read; `unverified` among it where it was not", _is_line),
    "verified": Field("a date without quotes, as 2026-11-22", _is_date),
    "blast": Field("what a thief can do with it, where the provider's category does not say it right", _is_line, ""),
    "step": Field("one or more [[playbook.step]]", lambda value: isinstance(value, list) and bool(value)),
}
FIELDS: Mapping[str, Field] = {
    "do": Field("one line of text", _is_line),
    "who": _LINE,
    "open": Field("an https:// link", lambda value: isinstance(value, str) and bool(_LINK.fullmatch(value)), ""),
    "run": Field("a command line, or a list of them", lambda value: _is_line(value) or _is_lines(value), ""),
    "breaks": _LINE,
    "delay": _LINE,
    "check": _LINE,
    "undo": _LINE,
    "survives": _LINE,
}


class Instruction(NamedTuple):
    """One step as written: texts can hold `{named}` parts of a finding. `run` is one command a line."""

    do: str
    who: str
    open: str
    run: tuple[str, ...]
    breaks: str
    delay: str
    check: str
    undo: str
    survives: str


class Chapter(NamedTuple):
    """The steps of one phase for `rules`; for all rules that no other chapter of the phase names where it is empty.

    `blast` says what a thief can do, in place of what is said of all providers of the category.
    """

    phase: str
    rules: tuple[str, ...]
    source: str
    verified: str
    steps: tuple[Instruction, ...]
    blast: str = ""


def read_chapters(file: ActionFile) -> tuple[Chapter, ...]:
    """All [[playbook]] tables of a file, checked. RuleError names file, line and key."""
    chapters, before = [], 0
    for number, table in enumerate(tables_of(file, TABLE)):
        row = check_table(file.source, TABLE, number, table, CHAPTER)
        for rule in row["rules"]:
            if rule not in file.rules:
                raise file.source.error(f"rules: there is no rule {rule!r} in this file", TABLE, number, "rules")
        steps = tuple(_step(file, before + place, each) for place, each in enumerate(row["step"]))
        before += len(steps)
        date = row["verified"].isoformat()
        chapters.append(Chapter(row["phase"], tuple(row["rules"]), row["source"], date, steps, row["blast"]))
    return tuple(chapters)


def chapters_of(chapters: tuple[Chapter, ...], phase: str, rule: str) -> tuple[Chapter, ...]:
    """The chapters of one phase that are for `rule`; all of the phase where `rule` is empty."""
    mine = tuple(each for each in chapters if each.phase == phase)
    if not rule:
        return mine
    named = tuple(each for each in mine if rule in each.rules)
    return named or tuple(each for each in mine if not each.rules)


def _step(file: ActionFile, number: int, table: Any) -> Instruction:
    if not isinstance(table, dict):
        raise file.source.error("expected [[playbook.step]]", TABLE, 0, "step")
    row = check_table(file.source, STEP, number, table, FIELDS)
    try:
        names_in(row)
    except RuleError as error:
        raise file.source.error(str(error), STEP, number) from None
    run = (row["run"],) if isinstance(row["run"], str) else tuple(row["run"])
    return Instruction(**{**row, "run": tuple(filter(None, run))})

"""A playbook as Markdown: for a ticket, a wiki, or docs/providers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyguard.report.playbook import heading, rows_of
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model.playbook import Phase, Playbook, Step

# Signs that mean something in Markdown wherever they stand.
_SIGNS = re.compile(r"([\\`*_\[\]<>|~])")


def markdown_document(playbooks: Sequence[Playbook]) -> str:
    return "\n".join("\n".join(_lines(each)) + "\n" for each in playbooks)


def markdown_body(playbook: Playbook) -> str:
    """The phases alone, under headings of the second level."""
    return "\n".join(_body(playbook)) + "\n"


def plain(text: str) -> str:
    """Text that says the same in Markdown."""
    return _SIGNS.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """Text as code of one line, whatever backquotes it holds."""
    shown = visible(text)
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _lines(playbook: Playbook) -> Iterator[str]:
    yield f"# {plain(heading(playbook))}"
    yield ""
    for fact in playbook.facts:
        yield f"* **{plain(fact.label)}:** {plain(fact.value)}"
    yield ""
    yield from _body(playbook)


def _body(playbook: Playbook) -> Iterator[str]:
    for phase in playbook.phases:
        yield from _phase(phase)


def _phase(phase: Phase) -> Iterator[str]:
    yield f"## {phase.name.capitalize()}: {phase.limit}"
    yield ""
    if phase.note:
        yield f"_{plain(phase.note)}_"
        yield ""
    for number, step in enumerate(phase.steps, 1):
        yield from _step(number, step)
    yield ""
    yield f"Source: {plain(phase.source)} ({phase.verified})"
    yield ""


def _step(number: int, step: Step) -> Iterator[str]:
    only = f"({plain(', '.join(step.only))}) " if step.only else ""
    yield f"{number}. {only}**{plain(step.do)}**"
    if step.open:
        yield f"   * open: <{visible(step.open)}>"
    for line in step.run:
        yield f"   * run: {code(line)}"
    for label, text in rows_of(step):
        yield f"   * {label}: {plain(text)}"

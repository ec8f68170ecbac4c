"""A playbook as plain text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from keyguard.report.playbook import heading, rows_of
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model.playbook import Phase, Playbook, Step

_WIDTH = 100


def plain_document(playbooks: Sequence[Playbook]) -> str:
    return "\n".join("\n".join(_lines(each)) + "\n" for each in playbooks)


def _lines(playbook: Playbook) -> Iterator[str]:
    yield visible(heading(playbook)).upper()
    for fact in playbook.facts:
        yield from _wrapped(f"{fact.label}: ", fact.value, "  ")
    for phase in playbook.phases:
        yield ""
        yield from _phase(phase)


def _phase(phase: Phase) -> Iterator[str]:
    yield f"{phase.name.upper()}: {phase.limit}"
    if phase.note:
        yield from _wrapped("", f"({phase.note})", "  ")
    for number, step in enumerate(phase.steps, 1):
        yield from _step(number, step)
    yield from _wrapped("source: ", f"{phase.source} ({phase.verified})", "  ")


def _step(number: int, step: Step) -> Iterator[str]:
    only = f"[{', '.join(step.only)}] " if step.only else ""
    yield from _wrapped(f"{number}. ", only + step.do, "  ")
    if step.open:
        yield f"     open: {visible(step.open)}"
    for line in step.run:
        yield f"     $ {visible(line)}"
    for label, text in rows_of(step):
        yield from _wrapped(f"{label}: ", text, "     ")


def _wrapped(label: str, text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        label + visible(text),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "   ",
        break_long_words=False,
        break_on_hyphens=False,
    )

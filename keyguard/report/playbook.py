"""The formats a playbook can be written in; each is imported only when it is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model.playbook import Playbook, Step

SHAPES: Final = ("text", "md", "json", "html")
# Fields of a step beside what is to be done, and what they are called for people.
LABELS: Final = (
    ("who", "who"),
    ("breaks", "breaks"),
    ("delay", "acts"),
    ("check", "check"),
    ("undo", "undo"),
    ("survives", "survives"),
)


def playbook_text(playbooks: Sequence[Playbook], shape: str) -> str:
    """All of `playbooks` as one document in one of SHAPES."""
    if shape == "html":
        from keyguard.report.playbook_html import html_document

        return html_document(playbooks)
    if shape == "md":
        from keyguard.report.playbook_markdown import markdown_document

        return markdown_document(playbooks)
    if shape == "json":
        return json.dumps([_tree(each) for each in playbooks], indent=2, ensure_ascii=False) + "\n"
    from keyguard.report.playbook_plain import plain_document

    return plain_document(playbooks)


def heading(playbook: Playbook) -> str:
    """What a playbook is for, in a few words."""
    if playbook.title:
        return f"{playbook.title} leaked ({playbook.name})"
    return f"A secret of {playbook.name} leaked"


def rows_of(step: Step) -> list[tuple[str, str]]:
    """Label and text of what is known beside what is to be done."""
    return [(label, getattr(step, name)) for name, label in LABELS if getattr(step, name)]


def _tree(playbook: Playbook) -> dict[str, object]:
    tree = playbook._asdict()
    tree["facts"] = [fact._asdict() for fact in playbook.facts]
    tree["phases"] = [
        {**phase._asdict(), "steps": [{**step._asdict(), "run": list(step.run)} for step in phase.steps]}
        for phase in playbook.phases
    ]
    return tree

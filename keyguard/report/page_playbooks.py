"""What to do, on the HTML page: one part for each rule that found something, with its playbook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from keyguard.report.rows import first_of_rules
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding
    from keyguard.model.playbook import Phase, Playbook, Step
    from keyguard.report.formats import Display

_MORE = (("breaks", "Breaks"), ("delay", "Takes"), ("check", "Check"), ("undo", "Undo"), ("survives", "Survives"))


def playbook_parts(findings: Sequence[Finding], display: Display) -> Iterator[str]:
    """The section. A rule without a playbook has its advice."""
    yield '<section aria-labelledby="playbooks-title"><h2 id="playbooks-title">What to do</h2>'
    yield "<p>A key that was pushed has leaked: taking its line out does not help, revoking it does.</p>"
    for rule, finding in first_of_rules(findings).items():
        name, title = escape(visible(rule)), escape(visible(finding.title))
        book = display.playbooks.get(rule)
        yield f'<details class="playbook" id="rule-{name}"><summary><span class="title">{title}'
        yield f"</span> <code>keyguard playbook {name}</code></summary>"
        yield f"<p>{escape(visible(finding.advice or 'Revoke it where it was made, then replace it.'))}</p>"
        if book:
            yield from _book(book)
        yield "</details>"
    yield "</section>"


def _book(book: Playbook) -> Iterator[str]:
    links = [(book.console, f"Console of {book.name}"), (book.docs, "Documentation")]
    yield "".join(f"<p>{link}</p>" for url, text in links if (link := _link(url, text)))
    for phase in book.phases:
        yield from _phase(phase)


def _phase(phase: Phase) -> Iterator[str]:
    yield f"<h3>{escape(visible(phase.name.capitalize()))} <small>{escape(visible(phase.limit))}</small></h3>"
    if phase.note:
        yield f"<p>{escape(visible(phase.note))}</p>"
    yield "<ol>"
    for step in phase.steps:
        yield f"<li>{_step(step)}</li>"
    yield "</ol>"
    if phase.source:
        yield f'<p class="source">Source: {escape(visible(phase.source))}, {escape(visible(phase.verified))}</p>'


def _step(step: Step) -> str:
    who = f" <em>({escape(visible(step.who))})</em>" if step.who else ""
    parts = [f"{escape(visible(step.do))}{who}", _link(step.open, step.open)]
    parts += [f"<code>{escape(visible(line))}</code>" for line in step.run]
    parts += [f"{label}: {escape(visible(text))}" for name, label in _MORE if (text := getattr(step, name))]
    return "<br>".join(filter(None, parts))


def _link(url: str, text: str) -> str:
    """A link that is followed only when a person clicks it; empty for what is no https address."""
    if not url.startswith("https://"):
        return ""
    return f'<a href="{escape(visible(url))}" rel="noopener noreferrer">{escape(visible(text))}</a>'

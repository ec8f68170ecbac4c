"""A playbook as one HTML page: needs no network, follows the system's light or dark, prints well, reads aloud well."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from keyguard.report.playbook import heading, rows_of
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model.playbook import Phase, Playbook, Step

_STYLE: Final = """
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1a1a1a; --soft: #555555; --line: #c8c8c8; --code: #f2f2f2;
  --link: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ground: #15181c; --ink: #ececec; --soft: #b4b4b4; --line: #474c52;
  --code: #22272d; --link: #86bdf7; } }
body { margin: 0 auto; max-width: 52rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
a { color: var(--link); }
h2 { border-bottom: 1px solid var(--line); padding-bottom: .2rem; }
li { margin: .8rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .8rem; margin: .3rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: .3rem; padding: .5rem; overflow-x: auto; }
footer, .source, .limit { color: var(--soft); }
.note { border-left: .3rem solid var(--line); padding-left: .6rem; }
@media print { body { max-width: none; } pre { white-space: pre-wrap; } }
"""


def html_document(playbooks: Sequence[Playbook]) -> str:
    title = heading(playbooks[0]) if len(playbooks) == 1 else f"{len(playbooks)} leaked secrets"
    body = "\n".join("\n".join(_lines(number, each)) for number, each in enumerate(playbooks, 1))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "<footer><p>Written by keyguard.</p></footer>\n</body>\n</html>\n"
    )


def _lines(number: int, playbook: Playbook) -> Iterator[str]:
    yield f'<article aria-labelledby="p{number}">\n<h1 id="p{number}">{_text(heading(playbook))}</h1>'
    yield "<dl>" + "".join(f"<dt>{_text(each.label)}</dt><dd>{_text(each.value)}</dd>" for each in playbook.facts)
    yield "</dl>"
    for phase in playbook.phases:
        yield from _phase(f"p{number}-{phase.name}", phase)
    yield "</article>"


def _phase(name: str, phase: Phase) -> Iterator[str]:
    yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">{phase.name.capitalize()}</h2>'
    yield f'<p class="limit">{_text(phase.limit)}</p>'
    if phase.note:
        yield f'<p class="note">{_text(phase.note)}</p>'
    yield "<ol>"
    for step in phase.steps:
        yield "".join(_step(step))
    yield f'</ol>\n<p class="source">Source: {_text(phase.source)} ({phase.verified})</p>\n</section>'


def _step(step: Step) -> Iterator[str]:
    only = f"({_text(', '.join(step.only))}) " if step.only else ""
    yield f"<li>{only}<strong>{_text(step.do)}</strong>"
    if step.open.startswith("https://"):
        link = _text(step.open)
        yield f'<p><a href="{link}" rel="noreferrer noopener">{link}</a></p>'
    if step.run:
        yield "<pre><code>" + "\n".join(map(_text, step.run)) + "</code></pre>"
    rows = rows_of(step)
    if rows:
        yield "<dl>" + "".join(f"<dt>{label}</dt><dd>{_text(text)}</dd>" for label, text in rows) + "</dl>"
    yield "</li>"


def _text(text: str) -> str:
    return escape(visible(text))

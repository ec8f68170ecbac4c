"""The report as Markdown, for job summaries, comments and wikis. What was scanned cannot write Markdown into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TextIO

from keyguard.report.redaction import redaction_of
from keyguard.report.rows import by_urgency, first_of_rules, rows_of, urgency
from keyguard.report.summary import skip_lines, summary_lines
from keyguard.report.visible import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Report
    from keyguard.model.playbook import Playbook
    from keyguard.report.formats import Display
    from keyguard.report.rows import Row

# A comment on GitHub holds 65,536 characters.
_MOST: Final = 50
_PLAIN: Final = frozenset(" -,;()'\"./")


def write_markdown(report: Report, out: TextIO, display: Display) -> None:
    """Writes a table of places, the most urgent first, and what to do; with `verbose` all places."""
    out.writelines(encodable(line, out.encoding) + "\n" for line in _lines(report, display))


def plain(text: str) -> str:
    """`text` that means itself in Markdown and HTML, in a table too: no markup, no mention, no link."""
    shown = (char if char.isalnum() or char in _PLAIN else f"&#{ord(char)};" for char in visible(text))
    return "".join(shown).replace("www.", "www&#46;")


def _lines(report: Report, display: Display) -> Iterator[str]:
    rows = by_urgency(rows_of(report, display))
    secrets = len(report.findings)
    yield f"## keyguard: {secrets or 'no'} secret{'' if secrets == 1 else 's'} found"
    yield ""
    if rows:
        yield from _table(rows if display.verbose else rows[:_MOST], allowed=display.show_allowed)
        if len(rows) > _MOST and not display.verbose:
            yield f"and {len(rows) - _MOST:,} more places"
            yield ""
    if report.findings:
        yield from _guidance(report, display)
    redaction = redaction_of(report, display.show_secrets)
    for line in (*skip_lines(report.skipped, redaction, display.verbose), *(text for text, _ in summary_lines(report))):
        yield f"* {plain(line.strip())}"


def _table(rows: Sequence[Row], *, allowed: bool) -> Iterator[str]:
    yield "| Severity | Secret | Where | Since | Rule |" + (" Allowed by |" if allowed else "")
    yield "|---|---|---|---|---|" + ("---|" if allowed else "")
    for row in rows:
        finding = row.finding
        verdict = "" if finding.verdict == "unverified" else f", **{plain(finding.verdict)}**"
        cells = [f"**{finding.severity.label}**{verdict}", f"{plain(finding.title)} <code>{plain(row.secret)}</code>"]
        cells += [f"<code>{plain(row.place)}</code>", plain(row.origin), f"<code>{plain(finding.rule)}</code>"]
        yield f"| {' | '.join([*cells, plain(row.allowed)] if allowed else cells)} |"
    yield ""


def _guidance(report: Report, display: Display) -> Iterator[str]:
    yield "### What to do"
    yield ""
    yield "A key that was pushed has leaked: taking its line out does not help, revoking it does."
    yield ""
    for rule, finding in first_of_rules(sorted(report.findings, key=urgency)).items():
        yield f"<details><summary><code>keyguard playbook {plain(rule)}</code></summary>"
        yield ""
        yield plain(finding.advice or "Revoke it where it was made, and replace it.")
        yield ""
        if rule in display.playbooks:
            yield from _first_steps(display.playbooks[rule])
        yield "</details>"
        yield ""


def _first_steps(book: Playbook) -> Iterator[str]:
    """What is to be done at once; `keyguard playbook` has the rest."""
    for phase in book.phases[:1]:
        yield f"{plain(phase.name.capitalize())}, {plain(phase.limit)}:"
        yield ""
        for step in phase.steps:
            commands = "".join(f" <code>{plain(command)}</code>" for command in step.run)
            yield f"1. {plain(step.do)}{_link(step.open)}{commands}"
        yield ""
    if book.console:
        yield f"Console of {plain(book.name)}:{_link(book.console)}"
        yield ""


def _link(url: str) -> str:
    return f" [{plain(url)}](<{url}>)" if url.startswith("https://") and not set("<>\\ ") & set(url) else ""

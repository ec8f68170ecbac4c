"""The report as one HTML page that needs no network: summary, filters, timeline, findings, what to do.

Without JavaScript it is the same page without filters. Its own security policy lets nothing run but its own script.
"""

from __future__ import annotations

import time
from html import escape
from typing import TYPE_CHECKING, TextIO

from keyguard.model import Severity
from keyguard.report.page_findings import finding_parts, states_of
from keyguard.report.page_frame import asset, foot, head
from keyguard.report.page_playbooks import playbook_parts
from keyguard.report.page_timeline import timeline_parts
from keyguard.report.redaction import redaction_of
from keyguard.report.rows import urgency
from keyguard.report.summary import skip_lines, summary_lines
from keyguard.report.visible import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyguard.model import Finding, Report
    from keyguard.report.formats import Display

_STATES = {"": "in the working tree", "head": "still in HEAD", "history": "in history", "unreachable": "unreachable"}


def write_html(report: Report, out: TextIO, display: Display) -> None:
    """Writes the page, the most urgent findings first."""
    now = time.time() if display.now is None else display.now
    findings = sorted(report.findings, key=urgency)
    out.writelines(encodable(part, out.encoding) + "\n" for part in _parts(report, findings, display, now))


def _parts(report: Report, findings: Sequence[Finding], display: Display, now: float) -> Iterator[str]:
    style, script = asset("page.css"), asset("page.js")
    yield from head("keyguard report", style, script)
    yield from _summary(report, findings, display, now)
    if findings:
        yield from _filters(findings)
        yield from timeline_parts(findings, now)
        yield '<section aria-labelledby="findings-title"><h2 id="findings-title">Secrets</h2>'
        yield '<p class="tools"><button type="button" id="open-all">Open all</button> '
        yield '<button type="button" id="close-all">Close all</button></p>'
        redaction = redaction_of(report, display.show_secrets)
        for number, finding in enumerate(findings, 1):
            yield from finding_parts(number, finding, redaction, display)
        yield '<p id="nothing" hidden>No secret matches the filters.</p></section>'
        yield from playbook_parts(findings, display)
    yield from _skipped(report, display)
    yield from foot(_care(display), script)


def _summary(report: Report, findings: Sequence[Finding], display: Display, now: float) -> Iterator[str]:
    when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    count = len(findings)
    found = f"{count:,} secret{'' if count == 1 else 's'} found" if count else "No secrets found"
    yield f'<header><p class="brand">keyguard report</p><h1>{found}</h1>'
    yield f"<p>{escape(_scanned(report.mode))}, {when}</p></header>"
    yield '<main id="main"><section aria-labelledby="summary-title"><h2 id="summary-title">Summary</h2>'
    if not report.complete:
        unread = sum(not skip.complete for skip in report.skipped)
        yield f'<p class="warning"><strong>Incomplete:</strong> {unread:,} could not be read, and a secret there '
        yield 'would not be in this report. <a href="#skipped-title">What was not read</a></p>'
    yield '<ul class="cards">'
    for name, number, label in _cards(findings):
        yield f'<li class="card {name}"><span class="number">{number:,}</span> {label}</li>'
    yield "</ul><ul>"
    for line, _ in summary_lines(report, show_allowed=display.show_allowed):
        yield f"<li>{escape(visible(line))}</li>"
    yield "</ul></section>"


def _cards(findings: Sequence[Finding]) -> Iterator[tuple[str, int, str]]:
    for severity in sorted(Severity, reverse=True):
        yield severity.label, sum(finding.severity == severity for finding in findings), severity.label
    live = sum(finding.verdict == "live" for finding in findings)
    if live:
        yield "live", live, "live at the provider"
    here = sum(bool(states_of(finding) & {"", "head"}) for finding in findings)
    yield "here", here, "still there today"


def _filters(findings: Sequence[Finding]) -> Iterator[str]:
    yield '<form id="filters" aria-labelledby="filters-title" hidden><h2 id="filters-title">Filters</h2>'
    yield '<p><label>Search <input type="search" name="text" placeholder="path, rule, author, commit …"></label>'
    severities = [severity.label for severity in sorted({finding.severity for finding in findings}, reverse=True)]
    confidences = [each.label for each in sorted({finding.confidence for finding in findings}, reverse=True)]
    states = {
        state or "tree": _STATES.get(state, state) for finding in findings for state in sorted(states_of(finding))
    }
    yield _select("severity", "Severity", {each: each for each in severities})
    yield _select("confidence", "Confidence", {each: each for each in confidences})
    yield _select("state", "State", states)
    yield _select("verdict", "Verdict", {each: each for each in sorted({finding.verdict for finding in findings})})
    yield _select("rule", "Rule", {each: each for each in sorted({finding.rule for finding in findings})})
    yield '<button type="reset">Show all</button></p>'
    yield '<p id="shown" role="status" aria-live="polite"></p></form>'


def _select(name: str, label: str, options: dict[str, str]) -> str:
    choices = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options.items())
    return f'<label>{label} <select name="{name}"><option value="">any</option>{choices}</select></label>'


def _skipped(report: Report, display: Display) -> Iterator[str]:
    lines = list(skip_lines(report.skipped, redaction_of(report, display.show_secrets), verbose=display.verbose))
    if lines:
        yield '<section aria-labelledby="skipped-title"><h2 id="skipped-title">Not read</h2><ul>'
        yield from _items(lines)
        yield "</ul></section>"


def _items(lines: Iterable[str]) -> Iterator[str]:
    return (f"<li>{escape(line.strip())}</li>" for line in lines)


def _scanned(mode: str) -> str:
    words = {"tree": "Scan of files", "history": "Scan of a whole history", "range": "Scan of a range of commits"}
    return words.get(mode, f"Scan ({mode})")


def _care(display: Display) -> str:
    if display.show_secrets:
        return "<strong>This page holds whole secrets: keep it to yourself.</strong>"
    return "Secrets are masked."

"""The findings of the HTML page: each a part that opens, with its places and what is known of it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from keyguard.report.knowledge import facts_of, parts_of
from keyguard.report.places import SHORT_ID, decoded_label, place_label, state_label
from keyguard.report.verdicts import verdict_text
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Finding, Occurrence
    from keyguard.report.formats import Display
    from keyguard.report.redaction import Redaction

_PLACES: Final = 50


def states_of(finding: Finding) -> set[str]:
    """The states of its places; the empty one stands for a working tree."""
    return {place.provenance.state if place.provenance else "" for place in finding.occurrences}


def anchor_of(finding: Finding) -> str:
    return f"secret-{finding.fingerprint[:16]}"


def finding_parts(number: int, finding: Finding, redaction: Redaction, display: Display) -> Iterator[str]:
    """One `<details>` element. Its data attributes are what the filters look at."""
    severity, rule, secret = finding.severity.label, visible(finding.rule), escape(_secret(finding, display))
    states = " ".join(sorted(state or "tree" for state in states_of(finding)))
    yield f'<details class="finding {severity}" id="{escape(anchor_of(finding))}" data-severity="{severity}"'
    yield f' data-confidence="{finding.confidence.label}" data-state="{escape(states)}" data-rule="{escape(rule)}"'
    yield f' data-verdict="{escape(visible(finding.verdict))}"><summary><span class="badge">{severity}</span> '
    yield f'<span class="title">{escape(visible(finding.title))}</span> <code>{secret}</code>'
    yield f' <span class="where">{escape(_where(finding, redaction))}</span></summary><dl>'
    for term, text in _facts(number, finding, redaction):
        yield f"<dt>{escape(term)}</dt><dd>{escape(visible(text))}</dd>"
    yield "</dl>"
    yield from _places(finding, redaction, display)
    yield f"<p><strong>Next:</strong> {escape(visible(finding.advice or 'Revoke it, then replace it.'))}"
    yield f' <a href="#rule-{escape(rule)}">What to do, step by step</a></p>'
    yield f"<p>If it is no secret, say so on its line: <code>keyguard:allow {escape(rule)} REASON</code></p></details>"


def _secret(finding: Finding, display: Display) -> str:
    if display.show_secrets:
        return visible(finding.secret.reveal().decode("utf-8", "replace"))
    return visible(finding.secret.masked)


def _where(finding: Finding, redaction: Redaction) -> str:
    more = len(finding.occurrences) - 1
    text = _place(finding.occurrences[0], finding, redaction) if finding.occurrences else ""
    return f"{text} and {more:,} more" if more > 0 else text


def _place(occurrence: Occurrence, finding: Finding, redaction: Redaction) -> str:
    path = redaction.name(occurrence.location.path, finding.secret).decode("utf-8", "replace")
    return place_label(occurrence.location, visible(path))


def _facts(number: int, finding: Finding, redaction: Redaction) -> Iterator[tuple[str, str]]:
    yield "Number", str(number)
    yield "Rule", finding.rule
    yield "Severity", finding.severity.label
    yield "Confidence", finding.confidence.label
    yield "Verdict", verdict_text(finding.details) if finding.details else finding.verdict
    yield "Fingerprint", finding.fingerprint
    yield from parts_of(finding, redaction).items()
    yield from facts_of(finding, redaction).items()
    for reason in finding.reasons:
        yield "Why", reason


def _places(finding: Finding, redaction: Redaction, display: Display) -> Iterator[str]:
    shown = finding.occurrences if display.verbose else finding.occurrences[:_PLACES]
    yield '<div class="wide" tabindex="0" role="region" aria-label="Places"><table><caption>Where it stands</caption>'
    yield '<thead><tr><th scope="col">Place</th><th scope="col">Commit</th><th scope="col">Author</th>'
    yield '<th scope="col">Entered</th><th scope="col">Left</th><th scope="col">State</th></tr></thead><tbody>'
    for occurrence in shown:
        yield _place_row(occurrence, finding, redaction)
    yield "</tbody></table></div>"
    more = len(finding.occurrences) - len(shown)
    if more:
        yield f"<p>and {more:,} more places</p>"


def _place_row(occurrence: Occurrence, finding: Finding, redaction: Redaction) -> str:
    location, provenance = occurrence
    place = " ".join(filter(None, (_place(occurrence, finding, redaction), decoded_label(location))))
    cells = [place, "", "", "", "", "in the working tree" if location.kind in {"file", "path"} else ""]
    if provenance:
        author = redaction.text(provenance.author, finding.secret)
        source = provenance.commit[:SHORT_ID] or f"object {provenance.object[:SHORT_ID]}"
        cells = [place, source, author, provenance.date[:10], provenance.until[:10], state_label(provenance.state)]
    head, *rest = [escape(visible(cell)) for cell in cells]
    return f'<tr><th scope="row">{head}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'

"""What a person reads when a hook stops a commit or a push: what, where, why it matters, and the ways out.

At most a screen of 24 lines of 80 signs, however much was found.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

from keyguard.report.places import origin_label, place_label
from keyguard.report.redaction import redaction_of
from keyguard.report.visible import encodable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding, Report, Skip
    from keyguard.report.formats import Display
    from keyguard.report.redaction import Redaction

_WIDE: Final = 80
_SHOWN: Final = 3
_SHOWN_OF_BOTH: Final = (2, 1)  # of the secrets, and of what could not be read
_BOLD, _RED, _PLAIN = "\x1b[1m", "\x1b[1;31m", "\x1b[0m"


class Occasion(NamedTuple):
    """What is stopped, what it holds, and how the secret is taken out of it."""

    stopped: str
    held: str
    remedy: str


_OCCASIONS: Final = {
    "staged": Occasion(
        "this commit",
        "what is staged",
        "Take it out: read it from an environment variable or a secret manager, then `git add` again.",
    ),
    "commit-msg": Occasion(
        "this commit", "its message", "Take it out of the message, and commit again (`git commit --edit --file=FILE`)."
    ),
    "pre-push": Occasion(
        "this push",
        "commits that the remote does not have yet",
        "Take it out of these commits: `git commit --amend` for the last, `git rebase -i COMMIT^` for others.",
    ),
    "pre-receive": Occasion(
        "this push",
        "the commits that are pushed",
        "Take it out of these commits: `git commit --amend` for the last, `git rebase -i COMMIT^` for others.",
    ),
}


def write_blocked(report: Report, out: TextIO, display: Display, override: str) -> None:
    """Writes why the commit or push is stopped. `override` says how to go on all the same."""
    for text in _lines(report, display, override):
        shown = text if display.color else text.replace(_BOLD, "").replace(_RED, "").replace(_PLAIN, "")
        out.write(encodable(shown, out.encoding) + "\n")


def _lines(report: Report, display: Display, override: str) -> Iterator[str]:
    occasion = _OCCASIONS[report.mode]
    redaction = redaction_of(report, display.show_secrets)
    unread = [skip for skip in report.skipped if not skip.complete]
    reasons = []
    if report.findings:
        count = len(report.findings)
        reasons.append(f"{count:,} secret{'s' if count > 1 else ''} in {occasion.held}")
    if unread:
        reasons.append(f"{len(unread):,} item{'s' if len(unread) > 1 else ''} could not be scanned")
    yield f"{_RED}keyguard stopped {occasion.stopped}: {', and '.join(reasons)}.{_PLAIN}"
    yield ""
    findings = sorted(report.findings, key=lambda finding: -finding.severity)
    most = _SHOWN_OF_BOTH if findings and unread else (_SHOWN, _SHOWN)
    if display.verbose:
        most = (len(findings), len(unread))
    if findings:
        yield from _found(findings, most[0], redaction, display)
    if unread:
        yield from _unread(unread, most[1], redaction)
    elif report.notes:  # an allowance that has expired
        yield f"  Note: {visible(redaction.text(report.notes[0]))}"
        yield ""
    if findings:
        yield from _ways_out(findings[0].rule, occasion)
    yield from _wrapped(f"To go on all the same: {override}", "  ")


def _wrapped(text: str, further: str) -> list[str]:
    """In lines of a narrow terminal; the second and later ones begin with `further`."""
    return wrap(text, _WIDE, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


def _found(findings: Sequence[Finding], most: int, redaction: Redaction, display: Display) -> Iterator[str]:
    shown = findings[:most]
    for finding in shown:
        secret = finding.secret.masked
        if display.show_secrets:
            secret = finding.secret.reveal().decode("utf-8", "replace")
        severity = finding.severity.label.upper()
        yield f"  {_BOLD}{severity}  {visible(finding.title)}{_PLAIN}  {visible(secret)}"
        place = _place(finding, redaction)
        yield f"    {place}  (rule {visible(finding.rule)})"
    more = len(findings) - len(shown)
    if more:
        yield f"  and {more:,} more: keyguard scan -v shows all"
    yield ""


def _place(finding: Finding, redaction: Redaction) -> str:
    first, *others = finding.occurrences
    path = visible(redaction.name(first.location.path, finding.secret).decode("utf-8", "replace"))
    parts = [place_label(first.location, path)]
    if first.provenance:
        parts.append(origin_label(first.provenance._replace(state=""), redaction, finding.secret))
    if others:
        parts.append(f"and {len(others):,} more place{'s' if len(others) > 1 else ''}")
    return "  ".join(parts)


def _unread(skips: Sequence[Skip], most: int, redaction: Redaction) -> Iterator[str]:
    shown = skips[:most]
    for skip in shown:
        yield f"  NOT SCANNED  {visible(redaction.text(skip.what))}: {visible(redaction.text(skip.reason))}"
    if len(skips) > len(shown):
        yield f"  and {len(skips) - len(shown):,} more: keyguard scan -v shows all"
    yield ""


def _ways_out(rule: str, occasion: Occasion) -> Iterator[str]:
    why = "Whoever reads the repository can use a key, and finds it in the history long after its line is gone."
    yield from _wrapped(why, "")
    yield from _wrapped(f"  1. {occasion.remedy}", "     ")
    yield "  2. If it was ever pushed or shown, it has leaked, and must be revoked:"
    yield f"       keyguard playbook {visible(rule)}"
    yield "  3. If it is no secret, say so in a comment on its line:"
    yield f"       keyguard:allow {visible(rule)} REASON"
    yield ""

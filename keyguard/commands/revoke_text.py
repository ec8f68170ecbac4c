"""What `keyguard revoke` tells: the plan before, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keyguard.report.visible import visible
from keyguard.respond.revoke import Target, shown

if TYPE_CHECKING:
    from keyguard.respond.revoke import Outcome, Stop

_EVENTS = {
    "skipped": "it was dead before: nothing was sent",
    "dead": "it is dead",
    "live": "the provider still accepts it",
    "absent": "the provider knows no such key",
    "accepted": "the provider accepted the request",
}


def plan_lines(stop: Stop, target: Target) -> list[str]:
    """The dry run, for people."""
    way = stop.way
    lines = [f"{stop.finding.rule}  {visible(stop.finding.secret.masked)}", f"  way: {way.id}: {_what(stop)}"]
    rows = [
        ("needs", way.credential or "no credential: " + _own(stop)),
        ("finds", _finds(stop, target)),
        ("stops", "" if stop.undoing else way.breaks),
        ("acts", way.delay),
        ("survives", "" if stop.undoing else way.survives),
        ("undo", "" if stop.undoing else _undo(stop)),
        ("checked", _check(stop)),
        ("note", way.note),
        ("source", f"{way.source} ({way.verified})"),
    ]
    lines += [f"  {name}: {visible(text)}" for name, text in rows if text]
    lines += ["  request:", *(f"    {visible(line)}".rstrip() for line in shown(stop, target, {}).splitlines())]
    return lines


def plan_tree(stop: Stop, target: Target) -> dict[str, Any]:
    """The dry run, for programs."""
    way = stop.way
    return {
        **_head(stop),
        "request": shown(stop, target, {}),
        "credential": way.credential,
        "needs_record": stop.needs_record,
        "breaks": way.breaks,
        "delay": way.delay,
        "survives": way.survives,
        "reversible": bool(way.undo),
        "source": way.source,
        "verified": way.verified,
        "sent": False,
    }


def done_lines(stop: Stop, target: Target, outcome: Outcome) -> list[str]:
    """What came of it, for people."""
    lines = [f"{stop.finding.rule}  {visible(stop.finding.secret.masked)}"]
    if target.id:
        about = ", ".join(filter(None, (target.over, target.title, target.owner)))
        lines.append(f"  key: {visible(target.id)}" + (f" ({visible(about)})" if about else ""))
    lines.append(f"  {stop.way.id}{' undone' if stop.undoing else ''}: {_said(stop, outcome)}")
    if not stop.undoing and outcome.event != "skipped":
        lines.append(f"  undo: {visible(_undo(stop))}")
        if stop.way.survives:
            lines.append(f"  survives: {visible(stop.way.survives)}")
    lines.append(f"  next: keyguard playbook {stop.finding.fingerprint[:12]}, from 'rotate' on")
    return lines


def result_tree(stop: Stop, target: Target, outcome: Outcome) -> dict[str, Any]:
    """What came of it, for programs."""
    verdict = outcome.verdict
    return {
        **_head(stop),
        "target": target.id,
        "in": target.over,
        "event": outcome.event,
        "proven": outcome.proven,
        "verdict": verdict.state if verdict else "",
        "status": outcome.status,
        "sent": outcome.event != "skipped",
    }


def _head(stop: Stop) -> dict[str, Any]:
    finding = stop.finding
    return {
        "rule": finding.rule,
        "provider": stop.file.provider,
        "masked": finding.secret.masked,
        "fingerprint": finding.fingerprint,
        "way": stop.way.id,
        "undoing": stop.undoing,
        "does": _what(stop),
        "host": stop.request.host,
    }


def _what(stop: Stop) -> str:
    return stop.way.undo.do if stop.undoing and stop.way.undo else stop.way.do


def _own(stop: Stop) -> str:
    named = any(name.partition(".")[0] == "secret" for name in stop.request.names)
    return "the leaked secret itself" if named or stop.request.signed_by == "secret" else "none at all"


def _finds(stop: Stop, target: Target) -> str:
    if not stop.needs_record or target.id:
        return ""
    return "the provider's id of the key first, as `keyguard identify` does (or name it: --key ID)"


def _undo(stop: Stop) -> str:
    if stop.way.undo:
        return f"keyguard revoke {stop.finding.fingerprint[:12]} --undo --yes: {stop.way.undo.do}"
    return "not possible"


def _check(stop: Stop) -> str:
    if not stop.way.proof:
        return "by the provider's answer only: the key itself answers as before"
    return f"by asking with the key until it is {'live' if stop.undoing else 'dead'}, up to {stop.way.wait} s"


def _said(stop: Stop, outcome: Outcome) -> str:
    verdict = outcome.verdict
    if stop.undoing and outcome.event == "live":
        return "it works again"
    said = _EVENTS.get(outcome.event, outcome.event)
    if outcome.event == "live":
        return f"accepted, but {said} after {stop.way.wait} s: ask again with `keyguard verify`"
    if outcome.event in ("accepted", "absent"):
        why = verdict.reason if verdict and verdict.reason else "its provider file does not say how to"
        return said + ("" if not stop.way.proof else f"; whether it is dead could not be seen: {visible(why)}")
    return said

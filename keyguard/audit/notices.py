"""An alarm as words and as JSON, for whatever it is told through."""

from __future__ import annotations

from typing import Any, Final

from keyguard.audit.times import moment
from keyguard.model.grade import Severity
from keyguard.state.alarms import Notice

SCHEMA: Final = 1
_HEADS: Final = {
    "raised": "ALARM",
    "worse": "WORSE",
    "over": "OVER",
    "stopped": "STOPPED",
    "resumed": "RESUMED",
    "not-stopped": "NOT STOPPED",
}


def headline(notice: Notice) -> str:
    """One line: what happened, how bad, and where."""
    alarm = notice.body
    where = f"{alarm.title} key {alarm.key}" if alarm.key else alarm.title
    if notice.what == "sink":
        return f"NOT DELIVERED  {alarm.title}"
    past = " (over already)" if notice.what == "raised" and alarm.ended is not None else ""
    return f"{_HEADS[notice.what]} {Severity(alarm.severity).label}{past}  {where}: {', '.join(alarm.kinds)}"


def paragraphs(notice: Notice) -> list[str]:
    """What a person should know: the sentence, the likely causes, what to do."""
    alarm = notice.body
    if notice.what in ("over", "sink"):
        return [alarm.sentence]
    said = [alarm.sentence]
    if alarm.causes:
        said.append(f"Likely causes: {'; '.join(alarm.causes)}.")
    if alarm.key and notice.what in ("raised", "worse"):
        said.append(f"What to do: keyguard playbook {alarm.provider}; keyguard audit history --key {alarm.key}")
    return said


def text(notice: Notice) -> str:
    return "\n".join([headline(notice), *(f"  {each}" for each in paragraphs(notice))])


def tree(notice: Notice) -> dict[str, Any]:
    """The JSON of the webhook (docs/alerts.md). Fields are added, never changed."""
    alarm = notice.body
    return {
        "schema": SCHEMA,
        "delivery": f"{notice.alarm}-{notice.id}",
        "event": notice.what,
        "at": _time(notice.at),
        "alarm": {
            "id": alarm.id,
            "provider": alarm.provider,
            "account": alarm.account,
            "key": alarm.key,
            "project": alarm.project,
            "kinds": list(alarm.kinds),
            "severity": Severity(alarm.severity).label,
            "started": _time(alarm.started),
            "last": _time(alarm.last),
            "ended": None if alarm.ended is None else _time(alarm.ended),
            "observed": round(alarm.observed, 6),
            "expected": round(alarm.expected, 6),
            "above_normal": round(alarm.excess, 6),
            "unit": alarm.currency or "requests",
            "sentence": alarm.sentence,
            "causes": list(alarm.causes),
        },
    }


def _time(seconds: int) -> str:
    return f"{moment(seconds):%Y-%m-%dT%H:%M:%SZ}"

"""Turns a provider's answer about a secret into a verdict."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from keyguard.model.verdict import Verdict
from keyguard.providers.answers import Reading, first, holds, read_answer

if TYPE_CHECKING:
    from keyguard.http import Answer
    from keyguard.model import Secret
    from keyguard.providers.verifying import Check

_LONGEST = 200
_MOST_SCOPES = 200
_MILLISECONDS = 100_000_000_000
_NO_CONTENT = 204


def judge(check: Check, answer: Answer, secret: Secret) -> Verdict:
    """Conditions on fields are tried first, then plain statuses; what none of them covers is unknown."""
    reading = read_answer(answer)
    state = _state(check, reading)
    if state == "live" and not _is_data(reading):
        return Verdict("unknown", "the answer is not data: something between here and the provider may have given it")
    if not state:
        note = f" ({check.note})" if check.note else ""
        return Verdict("unknown", f"answered {answer.status}, which settles nothing{note}", status=answer.status)
    if state == "dead":
        return Verdict("dead", status=answer.status)
    return Verdict(
        state,
        "live, but not for this or not from here" if state == "restricted" else "",
        plain_text(first(reading, check.owner), secret),
        plain_text(first(reading, check.account), secret),
        _scopes(first(reading, check.scopes), secret),
        moment_text(first(reading, check.expires), secret),
        status=answer.status,
    )


def _state(check: Check, reading: Reading) -> str:
    named = (("restricted", check.restricted), ("dead", check.dead), ("live", check.live))
    for plain in (False, True):
        for state, conditions in named:
            if any(condition.is_plain == plain and holds(condition, reading) for condition in conditions):
                return state
    return ""


def _is_data(reading: Reading) -> bool:
    if reading.answer.status == _NO_CONTENT:
        return True
    tree = reading.tree
    return isinstance(tree, (list, dict)) and not (isinstance(tree, dict) and "html" in tree)


def plain_text(value: Any, secret: Secret) -> str:
    """One line of what a provider tells, without the secret should it be repeated there."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    text = " ".join(str(value).split())
    own = secret.reveal().decode("utf-8", "replace")
    return text.replace(own, secret.masked)[:_LONGEST] if own else text[:_LONGEST]


def _scopes(value: Any, secret: Secret) -> tuple[str, ...]:
    if isinstance(value, dict):
        items: list[Any] = [f"{name}:{each}" for name, each in value.items() if isinstance(each, (str, int))]
    elif isinstance(value, str):
        items = re.split(r"[,\s]+", value)
    else:
        items = value if isinstance(value, list) else []
    texts = (plain_text(each, secret) for each in items[:_MOST_SCOPES])
    return tuple(text for text in texts if text)


def moment_text(value: Any, secret: Secret) -> str:
    """A time as ISO 8601 where it is a number of seconds or milliseconds since 1970, else as it came."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return plain_text(value, secret)
    seconds = value / 1000 if value > _MILLISECONDS else value
    try:
        return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return plain_text(value, secret)

"""What is kept of a provider's answer: enough to show later what it said, and nothing that opens anything."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from keyguard.model import Secret
from keyguard.providers.answers import read_answer

if TYPE_CHECKING:
    from keyguard.http import Answer

_LONGEST: Final = 2000
_LONGEST_TEXT: Final = 300
_LEFT_OUT: Final = "(left out)"
# Fields whose value opens something, or could.
_TELLING: Final = re.compile(
    r"(?i)token|secret|passw|credential|signature|cookie|session|private|bearer|authorization|assertion"
    r"|api_?key$|(?:^|[_-])keys?$"
)
# Words with letters and digits that are longer than any name: keys of a kind that nobody asked about.
_STRANGE: Final = re.compile(r"(?=[A-Za-z+/_=]*[0-9])(?=[0-9+/_=]*[A-Za-z])[A-Za-z0-9+/_=]{20,}")


def kept(answer: Answer, secrets: Iterable[Secret | str]) -> str:
    """The answer's data as JSON of at most 2,000 characters; of what is no data, only how much it was.

    Left out are `secrets` (texts among them are no secrets), fields that are named as if they held one, and words that
    could be one.
    """
    tree = read_answer(answer).tree
    if not isinstance(tree, (dict, list)):
        kind = answer.headers.get("content-type", "").partition(";")[0][:40]
        return f"{len(answer.body)} bytes{f' of {kind}' if kind else ''}" if answer.body else ""
    values = [(each.reveal().decode("utf-8", "replace"), each.masked) for each in secrets if isinstance(each, Secret)]
    # The longest first: one can be a part of another.
    known = sorted((pair for pair in values if pair[0]), key=lambda pair: -len(pair[0]))
    text = json.dumps(_scrubbed(tree, known), ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _scrubbed(value: Any, known: list[tuple[str, str]], name: str = "") -> Any:
    if isinstance(value, dict):
        return {_plain(str(each), known): _scrubbed(inner, known, str(each)) for each, inner in value.items()}
    if isinstance(value, list):
        return [_scrubbed(each, known, name) for each in value]
    if value is None or isinstance(value, bool):
        return value
    if _TELLING.search(name):
        return _LEFT_OUT
    return _plain(value, known) if isinstance(value, str) else value


def _plain(text: str, known: list[tuple[str, str]]) -> str:
    for secret, mask in known:
        text = text.replace(secret, mask)
    return _STRANGE.sub(_LEFT_OUT, text)[:_LONGEST_TEXT]

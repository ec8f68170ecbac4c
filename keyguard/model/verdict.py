"""What a provider said about one secret."""

from __future__ import annotations

from typing import Final

from keyguard.model.namedtuple import NamedTuple

STATES: Final = ("live", "dead", "restricted", "unknown")


class Verdict(NamedTuple):
    """`state` is one of STATES: restricted is live, but not usable from here or for this; unknown has its `reason`.

    `owner`, `account`, `scopes` and `expires` (ISO 8601 where it could be read) are as far as the answer told, empty
    where it did not. `host` was asked at `checked` (ISO 8601, UTC), with HTTP `status`; empty and 0 where nobody was.
    `request` and `answer` are what was said, without secrets: evidence for an incident, and in no report of a scan.
    """

    state: str
    reason: str = ""
    owner: str = ""
    account: str = ""
    scopes: tuple[str, ...] = ()
    expires: str = ""
    host: str = ""
    checked: str = ""
    status: int = 0
    request: str = ""
    answer: str = ""

"""What a provider said about a secret, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.model import Verdict
    from keyguard.report.layout import Json

_SCOPES_SHOWN = 8


def verdict_members(verdict: Verdict) -> Json:
    """All fields, empty where nothing is known."""
    members: Json = {
        "state": verdict.state,
        "reason": verdict.reason,
        "owner": verdict.owner,
        "account": verdict.account,
        "scopes": list(verdict.scopes),
        "expires": verdict.expires,
        "host": verdict.host,
        "checked": verdict.checked,
        "status": verdict.status,
    }
    return members


def verdict_text(verdict: Verdict) -> str:
    """One line, such as `LIVE, owner ada, scopes repo read:org (api.github.com)`."""
    host = f" ({visible(verdict.host)})" if verdict.host else ""
    return (
        ", ".join(
            [verdict.state.upper() + (f": {visible(verdict.reason)}" if verdict.reason else ""), *_facts(verdict)]
        )
        + host
    )


def _facts(verdict: Verdict) -> Iterator[str]:
    for name, value in (("owner", verdict.owner), ("account", verdict.account)):
        if value:
            yield f"{name} {visible(value)}"
    if verdict.scopes:
        more = len(verdict.scopes) - _SCOPES_SHOWN
        shown = " ".join(visible(scope) for scope in verdict.scopes[:_SCOPES_SHOWN])
        yield f"scopes {shown}" + (f" and {more} more" if more > 0 else "")
    if verdict.expires:
        yield f"expires {visible(verdict.expires)}"

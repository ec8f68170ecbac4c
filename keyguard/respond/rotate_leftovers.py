"""Keys that stand in a rotation's way: those that a killed run left, and those that take up the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keyguard.respond.listing import KeyRecord, RefusedError, moment

if TYPE_CHECKING:
    from keyguard.respond.rotate_desk import Desk, FullError
    from keyguard.respond.rotate_progress import Attempt, Progress

# Our clock and the provider's may differ by so much.
_SKEW = 300


def orphans(desk: Desk, attempt: Attempt, progress: Progress) -> list[str]:
    """Keys of an attempt whose answer was never read: by their name, their mark, or as new and never used.

    RefusedError where a key may be somebody else's.
    """
    if attempt.called:
        return [attempt.called]
    keys = desk.listed()
    marked = [each.id for each in keys if attempt.mark in each.title]
    if marked or any(each.title for each in keys):
        return marked
    known = {each.id for each in progress.attempts} | set(attempt.before)
    new = [each for each in keys if each.id not in known]
    for each in new:
        record = desk.record(each.id) or each
        made = moment(record.created)
        if record.used or made is None or made < attempt.at - _SKEW:
            raise RefusedError(
                f"{desk.file.name}: {each.id} came up while this rotation ran, and may be somebody's own",
                "remove it if nobody knows it, then resume",
            )
    return [each.id for each in new]


def too_many(desk: Desk, error: FullError) -> RefusedError:
    """The error with the keys that there are."""
    rows = [f"{each.id} ({each.state or 'state not told'}, made {each.created or '?'})" for each in desk.listed()]
    return RefusedError(
        f"{error}: {'; '.join(rows)}",
        "remove the one that nobody uses (--replace ID does, if it is inactive), then resume or begin again",
    )


def replace_key(desk: Desk, key: str, old: str) -> None:
    """Make room by removing another key, which must be one that is switched off."""
    record: KeyRecord | None = next((each for each in desk.listed() if each.id == key), None)
    how = desk.turn.remove
    if key == old or record is None or how is None:
        raise RefusedError(f"--replace: {key} is no other key of this account")
    if not record.is_off:
        raise RefusedError(f"--replace: {key} is active", "make it inactive first, and see that nothing breaks")
    desk.end(key, how)


def plan_of(names: Mapping[str, str], sinks: Sequence[str], **more: Any) -> dict[str, Any]:
    """What is recorded of the wishes, with a salt for the fingerprints of this rotation."""
    import secrets

    return {"names": dict(names), "sinks": list(sinks), "salt": secrets.token_hex(16), **more}

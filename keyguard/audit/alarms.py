"""Decides what of an event is told: that it is there, once; that it got worse; that it is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from keyguard.audit.grouping import Group
from keyguard.model.anomaly import Kind
from keyguard.model.grade import Severity
from keyguard.model.usage import DAY
from keyguard.state.alarms import Alarm

# Figures that come so late, or are restated so late, are not taken for something new that is over already.
_LATE: Final = 3 * DAY
_GRAVE: Final = frozenset({Kind.LIMIT.value, Kind.REVOKED.value})
BLIND: Final = "unread"
_PATIENCE: Final = 6 * 3600  # seconds for which an account may stay unread before somebody is told


class Change(NamedTuple):
    """An alarm as it is now. `what` is raised, worse or over; "" where nobody is to be told (again)."""

    alarm: Alarm
    what: str = ""


class View(NamedTuple):
    """`known_until` is up to where the last pass knew the account's figures, 0 on the first one. `floor` is the least
    amount by which something gets worse. `muted` holds everything back until later.
    """

    now: int
    known_until: int
    floor: float
    muted: bool = False


def settle(title: tuple[str, str], old: Sequence[Alarm], groups: Iterable[Group], view: View) -> list[Change]:
    """What becomes of the alarms that are known, and which ones are new. `title` is provider and account."""
    left = [each for each in old if each.kinds != (BLIND,)]
    changes: list[Change] = []
    for group in groups:
        fresh = group.alarm(*title)
        before = _match(left, group)
        if before is not None:
            left.remove(before)
            changes.append(_change(_renewed(before, fresh), view))
            continue
        # What had ended before anybody watched is history; what came late, or while nobody watched, is not.
        past = fresh.ended is not None and (not view.known_until or group.until < view.known_until - _LATE)
        changes.append(_change(fresh._replace(silent=past), view))
    # The provider restated what had looked like an event.
    changes += [_change(_closed(each, each.last), view) for each in left]
    return changes


def blindness(old: Sequence[Alarm], title: tuple[str, str], since: int, problem: str, view: View) -> list[Change]:
    """The alarm about an account that cannot be read: a watch that sees nothing must say so. `since` 0: it was read."""
    before = next((each for each in old if each.kinds == (BLIND,) and each.ended is None), None)
    if not since:
        return [_change(_closed(before, view.now), view)] if before else []
    if view.now - since < _PATIENCE:
        return []
    sentence = f"{'/'.join(title)}: cannot be read: {problem}; what is used there is not seen"
    fresh = Alarm(
        f"{BLIND}-{'-'.join(title)}-{since}", *title, "", "", (BLIND,), int(Severity.HIGH), since, view.now, view.now,
        None, 0.0, 0.0, 0.0, "", sentence, ("a credential that expired or was revoked", "an outage"),
    )  # fmt: skip
    return [_change(_renewed(before, fresh) if before else fresh, view)]


def mark_told(alarm: Alarm, what: str, now: int) -> Alarm:
    """The alarm after a notice was queued."""
    return alarm._replace(
        told=alarm.told + 1,
        told_at=now,
        told_severity=alarm.severity,
        told_excess=alarm.excess,
        told_kinds=tuple(dict.fromkeys((*alarm.told_kinds, *alarm.kinds))),
        told_over=what == "over" or alarm.ended is not None,
    )


def _match(old: Sequence[Alarm], group: Group) -> Alarm | None:
    """The alarm that told of this event before. It may have been seen in the whole account first, then by key."""
    meeting = [each for each in old if group.meets(each.started, max(each.last, each.ended or 0))]
    same = [each for each in meeting if (each.key, each.project) == (group.key, group.project)]
    names = {(each.series.key, each.series.project) for each in group.anomalies} | {("", "")}
    coarse = [each for each in meeting if (each.key, each.project) in names or not group.key]
    # One that is still open, or was told, goes before one that was not.
    return max(same or coarse, key=lambda each: (each.ended is None, each.told, each.last), default=None)


def _renewed(before: Alarm, fresh: Alarm) -> Alarm:
    """What is known now, under the name and with the memory of what was told."""
    key, project = (fresh.key, fresh.project) if fresh.key or not before.key else (before.key, before.project)
    renewed = fresh._replace(
        id=before.id, key=key, project=project, raised=min(before.raised, fresh.raised), silent=before.silent,
        told=before.told, told_at=before.told_at, told_severity=before.told_severity,
        told_excess=before.told_excess, told_kinds=before.told_kinds, told_over=before.told_over,
    )  # fmt: skip
    if fresh.ended is None and before.silent:
        return renewed._replace(silent=False)  # what was history goes on
    return renewed


def _closed(alarm: Alarm, at: int) -> Alarm:
    return alarm._replace(ended=at if alarm.ended is None else alarm.ended)


def _change(alarm: Alarm, view: View) -> Change:
    if alarm.silent or view.muted:
        return Change(alarm)
    if not alarm.told:
        return Change(alarm, "raised")
    if _is_worse(alarm, view.floor):
        return Change(alarm, "worse")
    if alarm.ended is not None and not alarm.told_over:
        return Change(alarm, "over")
    return Change(alarm)


def _is_worse(alarm: Alarm, floor: float) -> bool:
    # What goes on after it was told to be over is worth telling from the floor on.
    doubled = 0.0 if alarm.told_over else 2 * alarm.told_excess
    grew = alarm.excess >= max(doubled, alarm.told_excess + floor)
    graver = _GRAVE & set(alarm.kinds) - set(alarm.told_kinds)
    return grew or bool(graver) or alarm.severity > alarm.told_severity

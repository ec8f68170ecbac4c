"""One pass over all accounts: read, judge, note what is to be told, pull the brake, and tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from keyguard.audit.accounts import is_muted
from keyguard.audit.alarms import BLIND, Change, View, blindness, mark_told, settle
from keyguard.audit.brake import Attempt, is_due
from keyguard.audit.delivery import Failure, deliver
from keyguard.audit.detect.detection import detect
from keyguard.audit.detect.sensitivity import LEVELS, Sensitivity
from keyguard.audit.grouping import Group, group
from keyguard.audit.reading import read_accounts
from keyguard.audit.watchlist import Known, watchlist
from keyguard.state import alarms as store
from keyguard.state.alarms import Alarm, Progress, Stop
from keyguard.state.usage import forget

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.audit.brake import Brake
    from keyguard.audit.reading import Reader
    from keyguard.audit.results import AccountResult
    from keyguard.audit.sinks.sink import Sink
    from keyguard.providers.usage import Usage


class Duty(NamedTuple):
    """What a pass is to do. `tell` is called with each account's result as it comes; `dry` changes nothing but figures.

    `floor` takes the place of the sensitivity's least excess in money; `retention` is in seconds. `quiet` says whether
    alarms that are not critical are held back at a time.
    """

    accounts: Sequence[Account]
    usage_of: Callable[[str], Usage | None]
    known: Callable[[Account], Known] = lambda _: Known()
    sinks: tuple[Sink, ...] = ()
    brake: Brake | None = None
    floor: float | None = None
    retention: int = 0
    quiet: Callable[[int], bool] = lambda _: False
    tell: Callable[[AccountResult], None] = lambda _: None
    dry: bool = False


class Braked(NamedTuple):
    """What the brake did, or would do, about an alarm."""

    alarm: Alarm
    attempt: Attempt


class Outcome(NamedTuple):
    """How a pass ended. `open` are the alarms that last; `changes` are those that were, or would be, told."""

    results: tuple[AccountResult, ...]
    changes: tuple[Change, ...]
    open: tuple[Alarm, ...]
    braked: tuple[Braked, ...]
    failures: tuple[Failure, ...]

    @property
    def code(self) -> int:
        """The exit code: 3 where an account was not read or a sink failed, 1 for anything unusual, else 0."""
        if self.failures or any(not result.fine for result in self.results):
            return 3
        return 1 if self.open or any(change.what in ("raised", "worse") for change in self.changes) else 0


def run(duty: Duty, reader: Reader) -> Outcome:
    """One pass. StateError where the state file cannot be used: nothing is lost, the next pass does it again."""
    results: list[AccountResult] = []
    changes: list[Change] = []
    for account, result in zip(duty.accounts, read_accounts(duty.accounts, duty.usage_of, reader)):
        duty.tell(result)
        results.append(result)
        changes += judge(duty, reader, account, result)
    braked = tuple(each for account in duty.accounts for each in _brake(duty, reader, account, changes))
    now = int(reader.now())
    failures = [] if duty.dry else deliver(reader.state, duty.sinks, now)
    if duty.retention:
        forget(reader.state, now - duty.retention)
        store.forget_alarms(reader.state, now - duty.retention)
    told = tuple(change for change in changes if change.what)
    lasting = tuple(each.alarm for each in changes if each.alarm.told and each.alarm.ended is None)
    return Outcome(tuple(results), told, lasting, braked, tuple(failures))


def judge(duty: Duty, reader: Reader, account: Account, result: AccountResult) -> list[Change]:
    """Every alarm of one account as it is now; what is to be told is queued in the same transaction."""
    state, now = reader.state, int(reader.now())
    found = watchlist(state, account, now, duty.known(account))
    level = _level(account, duty.floor)
    groups = group(detect(found.watched, level), found.homes)
    title = (account.provider, account.name)
    with state.writing() as connection:
        reached = store.progress(connection, *title)
        old = store.alarms(connection, *title, min([each.started for each in groups], default=now))
        view = View(now, reached.known_until, _floor(level, groups), is_muted(account, now))
        unread = 0 if result.fine else reached.unread_since or now
        changes = settle(title, old, groups, view) + blindness(old, title, unread, _problem(result), view)
        changes = [_hold_back(change, duty, now) for change in changes]
        if duty.dry:
            return changes
        changes = [_noted(change, now) for change in changes]
        for change in changes:
            store.keep(connection, change.alarm)
            if change.what:
                store.queue(connection, change.alarm, change.what, now, [sink.name for sink in duty.sinks])
        store.keep_progress(connection, *title, Progress(max(found.known_until, reached.known_until), unread))
    return changes


def _level(account: Account, floor: float | None) -> Sensitivity:
    level = LEVELS[account.sensitivity]
    return level if floor is None else level._replace(money=floor)


def _floor(level: Sensitivity, groups: Sequence[Group]) -> float:
    money = any(each.series.currency for one in groups for each in one.anomalies)
    return level.money if money else level.requests


def _problem(result: AccountResult) -> str:
    return result.problem or "; ".join(source.problem for source in result.sources if source.problem)


def _hold_back(change: Change, duty: Duty, now: int) -> Change:
    critical = change.alarm.severity >= 4
    return Change(change.alarm) if change.what and not critical and duty.quiet(now) else change


def _noted(change: Change, now: int) -> Change:
    return change._replace(alarm=mark_told(change.alarm, change.what, now)) if change.what else change


def _brake(duty: Duty, reader: Reader, account: Account, changes: Sequence[Change]) -> list[Braked]:
    if duty.brake is None or account.on_breach != "stop":
        return []
    before = store.stops(reader.state)
    title = (account.provider, account.name)
    mine = [each.alarm for each in changes if (each.alarm.provider, each.alarm.account) == title]
    due = [alarm for alarm in mine if BLIND not in alarm.kinds and is_due(account, alarm, before)]
    return [_braked(duty, duty.brake, reader, account, alarm, before) for alarm in due]


def _braked(duty: Duty, brake: Brake, reader: Reader, account: Account, alarm: Alarm, before: Sequence[Stop]) -> Braked:
    if not alarm.key:
        attempt = Attempt("failed", "no single key stands out, so none was stopped")
    else:
        attempt = brake.plan(account, alarm) if duty.dry else brake.stop(account, alarm)
    if not duty.dry:
        known = any(each.alarm == alarm.id and each.event == attempt.event for each in before)
        record(reader, alarm, attempt, () if known else [sink.name for sink in duty.sinks])
    return Braked(alarm, attempt)


def record(reader: Reader, alarm: Alarm, attempt: Attempt, sinks: Sequence[str]) -> None:
    """Keep what the brake did, and tell it."""
    now = int(reader.now())
    what = "not-stopped" if attempt.event == "failed" else attempt.event
    with reader.state.writing() as connection:
        done = (attempt.event, attempt.text, attempt.record)
        stop = Stop(alarm.id, alarm.provider, alarm.account, alarm.key, now, *done)
        store.keep_stop(connection, stop)
        said = alarm._replace(sentence=f"{alarm.title} key {alarm.key or '-'}: {attempt.text}", causes=())
        store.queue(connection, said, what, now, sinks)

"""When a key is to be stopped because its account broke a limit, and what became of that. The stop itself is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from keyguard.model.anomaly import Kind
from keyguard.state.alarms import Alarm, Stop

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account


class Attempt(NamedTuple):
    """`event` is planned, stopped, resumed or failed; `text` says what would be, or was, sent, or why nothing was.

    `record` is the id by which the provider lists the key, where that is known.
    """

    event: str
    text: str
    record: str = ""


class Brake(Protocol):
    """The provider's reversible stop of one key, by the name that usage figures call it. Never raises KeyguardError."""

    def plan(self, account: Account, alarm: Alarm) -> Attempt:
        """What `stop` would do; nothing is sent."""
        ...

    def stop(self, account: Account, alarm: Alarm) -> Attempt: ...

    def resume(self, account: Account, stop: Stop) -> Attempt: ...


def is_due(account: Account, alarm: Alarm, before: Iterable[Stop]) -> bool:
    """Whether an alarm pulls the brake: a broken limit that lasts, unless it was stopped (or resumed) already."""
    breached = Kind.LIMIT.value in alarm.kinds and alarm.ended is None and not alarm.silent
    settled = any(each.alarm == alarm.id and each.event in ("stopped", "resumed") for each in before)
    return account.on_breach == "stop" and breached and not settled


def stopped_now(entries: Iterable[Stop]) -> list[Stop]:
    """The keys that are stopped by the brake, and not resumed."""
    last = {(each.provider, each.account, each.key): each for each in entries if each.event != "failed"}
    return [each for each in last.values() if each.event == "stopped"]

"""Tells the sinks what is queued for them. What one does not take is told by the others, and tried again next time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import KeyguardError, StateError
from keyguard.model.grade import Severity
from keyguard.state.alarms import Alarm, claim, delivered, failed, queue

if TYPE_CHECKING:
    from keyguard.audit.sinks.sink import Sink
    from keyguard.state.database import Database


class Failure(NamedTuple):
    """A sink that did not take what it was told. `fresh` says that it took everything before."""

    sink: str
    problem: str
    hint: str
    left: int
    fresh: bool


def deliver(state: Database, sinks: Sequence[Sink], now: int) -> list[Failure]:
    """Tell each sink, in order, all it was not told yet; the failures, of which the other sinks were told too."""
    failures = [failure for sink in sinks if (failure := _tell(state, sink, now))]
    broken = {failure.sink for failure in failures}
    for failure in failures:
        others = [sink for sink in sinks if sink.name not in broken]
        if failure.fresh and others:
            _report(state, failure, others, now)
    return failures


def _tell(state: Database, sink: Sink, now: int) -> Failure | None:
    notices = claim(state, sink.name, now)
    if not notices:
        return None
    taken = 0
    try:
        for one in sink.send(notices):
            delivered(state, one.notice, now, one.reference)
            taken += 1
    except StateError:
        raise
    except KeyguardError as error:
        left = notices[taken:]
        failed(state, left, str(error))
        return Failure(sink.name, str(error), error.hint, len(left), all(not each.tries for each in left))
    return None


def _report(state: Database, failure: Failure, others: Sequence[Sink], now: int) -> None:
    sentence = (
        f"{failure.sink} did not take {failure.left} notice{'s' * (failure.left != 1)}: {failure.problem}; "
        "tried again with every run"
    )
    alarm = _about(failure.sink, sentence, now)
    with state.writing() as connection:
        queue(connection, alarm, "sink", now, [sink.name for sink in others])
    for sink in others:
        _tell(state, sink, now)


def _about(sink: str, sentence: str, now: int) -> Alarm:
    return Alarm(
        f"sink-{sink}", "keyguard", sink, "", "", ("sink",), int(Severity.HIGH), now, now, now, None, 0.0, 0.0, 0.0,
        "", sentence, (),
    )  # fmt: skip

"""The anomalies of an account that a report marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.audit.report.figures import REQUESTS
from keyguard.model.grade import Severity
from keyguard.model.usage_report import Mark
from keyguard.state.alarms import Alarm, met_by

if TYPE_CHECKING:
    from keyguard.model.usage import Span
    from keyguard.state.database import Database


def marks(state: Database, provider: str, account: str, span: Span) -> tuple[Mark, ...]:
    """Those that meet `span`, oldest first."""
    return tuple(map(_mark, met_by(state, provider, account, span)))


def _mark(alarm: Alarm) -> Mark:
    return Mark(
        id=alarm.id,
        key=alarm.key,
        project=alarm.project,
        kinds=alarm.kinds,
        severity=Severity(alarm.severity).label,
        start=alarm.started,
        end=alarm.ended,
        excess=alarm.excess,
        unit=alarm.currency or REQUESTS,
        sentence=alarm.sentence,
        causes=alarm.causes,
        told=bool(alarm.told),
    )

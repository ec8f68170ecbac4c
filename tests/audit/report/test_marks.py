from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keyguard.audit.report.marks import marks
from keyguard.model.usage import Span
from keyguard.state.alarms import AREA, Alarm, keep
from keyguard.state.database import Database, open_state

ALARM = Alarm(
    *("a1", "openai", "main", "key_1", "", ("burst",), 3, 100, 120, 150, 200, 9.0, 1.0, 8.0, "USD", "odd.", ("theft",))
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [AREA]) as opened:
        with opened.writing() as connection:
            keep(connection, ALARM)
            keep(connection, ALARM._replace(id="a2", account="other"))
            keep(connection, ALARM._replace(id="a3", started=300, last=300, ended=None, currency="", told=1))
        yield opened


def test_what_was_before_or_comes_after_is_not_marked(state: Database) -> None:
    assert marks(state, "openai", "main", Span(0, 100)) == ()
    assert marks(state, "openai", "main", Span(200, 300)) == ()
    assert marks(state, "openai", "none", Span(0, 1000)) == ()


def test_what_meets_the_time_is_marked_told_or_not(state: Database) -> None:
    one, other = marks(state, "openai", "main", Span(199, 301))
    assert (one.id, one.severity, one.unit, one.excess, one.told, one.end) == ("a1", "high", "USD", 8.0, False, 200)
    assert (other.id, other.unit, other.told, other.end) == ("a3", "requests", True, None)
    assert [each.id for each in marks(state, "openai", "main", Span(1000, 2000))] == ["a3"]

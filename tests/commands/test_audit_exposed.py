"""Exposure windows of a real incident, under the names of the figures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keyguard.commands.audit_exposed import windows_of
from keyguard.model.usage import HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.respond.incident import open_incident
from keyguard.state import incidents, revocations, usage
from keyguard.state.database import Database, open_state
from keyguard.state.usage import Place, replace_points

OPENED = 1_768_000_000
SINCE = 1_767_225_600  # 2026-01-01


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [usage.AREA, incidents.AREA, revocations.AREA]) as opened:
        yield opened


def leak(state: Database, name: str, provider: str = "openai") -> str:
    body = {"provider": provider, "fingerprint": "ab" * 16, "masked": "sk-…ab", "exposed_since": "2026-01-01T00:00:00Z"}
    return open_incident(state, OPENED, "ann", "leak", [{**body, "record": {"id": name}}])


def use(state: Database, key: str) -> None:
    name = SeriesName("openai", "main", key)
    points = (UsagePoint(SINCE, 1, None, None, True, SINCE),)
    replace_points(state, Place("openai", "main", ""), HOUR, Span(SINCE, SINCE + HOUR), [UsageSeries(name, points)])


def test_incidents_of_others_and_of_other_times_are_left_out(state: Database) -> None:
    leak(state, "key_1", "acme")
    assert windows_of(state, "openai", "main", Span(0, OPENED * 2)) == ()
    leak(state, "key_1")
    assert windows_of(state, "openai", "main", Span(0, SINCE)) == ()


@pytest.mark.parametrize(
    ("used", "leaked", "called"),
    [("key_1", "key_1", "key_1"), ("apikey:1-a", "projects/p/keys/1-a", "apikey:1-a"), ("key_2", "key_1", "")],
)
def test_a_key_has_the_name_that_the_figures_give_it(state: Database, used: str, leaked: str, called: str) -> None:
    use(state, used)
    incident = leak(state, leaked)
    (window,) = windows_of(state, "openai", "main", Span(SINCE, OPENED))
    assert window == (called, "sk-…ab", incident, SINCE, None, False)

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from keyguard.model.usage import HOUR, UNTOLD, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import Database, open_state
from keyguard.state.usage import AREA, Place, replace_points
from keyguard.state.usage_columns import columns

NAME = SeriesName("openai", "main", "key_1", "", "", "costs", HOUR, "USD")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [AREA]) as opened:
        yield opened


def put(state: Database, *points: UsagePoint) -> None:
    place, span = Place("openai", "main", "costs"), Span(0, len(points) * HOUR)
    replace_points(state, place, HOUR, span, [UsageSeries(NAME, points)])


def test_columns_are_the_same_side_by_side(state: Database) -> None:
    put(
        state,
        UsagePoint(0, 1, None, Decimal("0.25"), True, 7),
        UsagePoint(HOUR, None, 2, None, False, 7),
        UsagePoint(2 * HOUR, None, 2, Decimal("1E-30"), False, 7),
    )
    (found,) = columns(state)
    assert found.starts == f"0,{HOUR},{2 * HOUR}"
    assert found.requests == f"1,{UNTOLD},{UNTOLD}"
    assert found.tokens == "", "requests and money say more"
    assert found.money == f"250000000,{UNTOLD},0"
    assert found.growing == f"{HOUR},{2 * HOUR}"


def test_columns_hold_tokens_where_nothing_else_is_told(state: Database) -> None:
    put(state, UsagePoint(0, tokens=2), UsagePoint(HOUR), UsagePoint(2 * HOUR, tokens=5))
    (found,) = columns(state)
    nothing = ",".join([str(UNTOLD)] * 3)
    assert (found.tokens, found.requests, found.money) == (f"2,{UNTOLD},5", nothing, nothing)

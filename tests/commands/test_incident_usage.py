from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from keyguard.commands.incident_usage import used_during
from keyguard.model.usage import HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import open_state
from keyguard.state.usage import AREA, Place, replace_points

START = 1_767_225_600  # 2026-01-01T00:00:00Z


def test_tells_the_use_of_the_key_since_it_was_exposed(tmp_path: Path) -> None:
    def made(key: str, tokens: int) -> UsageSeries:
        points = [UsagePoint(START + hour * HOUR, 1, tokens, Decimal("0.5")) for hour in range(4)]
        return UsageSeries(SeriesName("openai", "main", key, currency="USD"), tuple(points))

    with open_state(tmp_path / "state.sqlite3", [AREA]) as state:
        span = Span(START, START + 4 * HOUR)
        replace_points(state, Place("openai", "main", "costs"), HOUR, span, [made("key_1", 10), made("key_2", 1000)])
        body = {"provider": "openai", "exposed_since": "2026-01-01T02:00:00+00:00", "record": {"id": "key_1"}}
        ((text, facts),) = used_during(state, body)
        assert "this key" in text
        assert facts == {"requests": 2, "tokens": 20, "money": "1", "currency": "USD"}
        assert list(used_during(state, {**body, "provider": "nobody"})) == []
        assert list(used_during(state, {**body, "record": {}})) == [], "other keys' use is not told as this one's"

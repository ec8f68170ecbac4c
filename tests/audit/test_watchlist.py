"""What is judged: keys, models and accounts, by money where it is told, else by requests, else by tokens."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from keyguard.audit.accounts import Account
from keyguard.audit.detect.detection import detect
from keyguard.audit.watchlist import Watchlist, watchlist
from keyguard.model.anomaly import Kind
from keyguard.model.usage import HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import Database, open_state
from keyguard.state.usage import AREA, Place, replace_points
from tests.audit.detect.histories import BEGIN

DAYS = 30
ACCOUNT = Account("anthropic", "main", {"": "env:X"}, days=DAYS)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [AREA]) as opened:
        yield opened


def told(
    key: str = "k", model: str = "m", currency: str = "USD", unit: str = "tokens", **figures: object
) -> UsageSeries:
    """A series of 30 days; each figure is one value for all hours, or a list of values."""
    name = SeriesName("anthropic", "main", key, model, "", "messages", HOUR, currency, "priced", unit)
    columns = {field: value if isinstance(value, list) else [value] * DAYS * 24 for field, value in figures.items()}
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    points = (UsagePoint(BEGIN + hour * HOUR, **row) for hour, row in enumerate(rows))
    return UsageSeries(name, tuple(points))


def watched(state: Database, *series: UsageSeries) -> Watchlist:
    span = Span(BEGIN, BEGIN + DAYS * 24 * HOUR)
    replace_points(state, Place("anthropic", "main", "messages"), HOUR, span, series)
    return watchlist(state, ACCOUNT, span.end)


def names(found: Watchlist) -> set[tuple[str, str, str, bool]]:
    """Key, model and currency of each series, and whether it counts tokens."""
    return {
        (one.series.name.key, one.series.name.model, one.series.name.currency, one.series.tokens is not None)
        for one in found.watched
    }


def stolen(usual: int, theft: int) -> list[int]:
    """Tokens of 30 days, with a theft of six hours on the 28th."""
    random = np.random.default_rng(4)
    values = random.poisson(usual, DAYS * 24)
    values[27 * 24 : 27 * 24 + 6] += theft
    return [int(value) for value in values]


def test_what_tells_only_tokens_is_judged_by_tokens(state: Database) -> None:
    found = watched(state, told(model="new-and-unpriced", tokens=stolen(20_000, 4_000_000)))
    assert names(found) == {("k", "", "", True), ("", "", "", True)}
    (anomaly, _) = detect(found.watched)
    assert anomaly.kind == Kind.UNUSUAL
    assert "tokens from 2026-02-01 00:00 to" in anomaly.sentence
    assert ", 24,00" in anomaly.sentence
    assert "tokens above normal" in anomaly.sentence
    assert "requests" not in anomaly.sentence


def test_a_model_without_a_price_is_judged_beside_the_money(state: Database) -> None:
    money = told(model="priced", money=Decimal(1), tokens=400_000)
    found = watched(state, money, told(model="unpriced", tokens=stolen(0, 4_000_000)))
    assert names(found) == {("k", "", "USD", False), ("", "", "USD", False), ("k", "unpriced", "", True)}
    (anomaly,) = detect(found.watched)
    assert (anomaly.kind, anomaly.series.model) == (Kind.MODEL, "unpriced")
    assert "uses a model it never used before: 24,000,000 tokens" in anomaly.sentence


def test_requests_without_a_price_are_judged_beside_the_money(state: Database) -> None:
    found = watched(
        state, told(model="priced", money=Decimal(1), requests=5), told(model="unpriced", requests=3, tokens=9)
    )
    assert ("k", "unpriced", "", False) in names(found)
    whole = next(one for one in found.watched if not one.series.name.key)
    assert set(whole.series.requests) == {8}, "limits on requests see all of them"


def test_units_are_not_added_up(state: Database) -> None:
    found = watched(state, told("a", unit="images", tokens=1), told("b", unit="seconds", tokens=9))
    units = {(one.series.name.key, one.series.name.unit) for one in found.watched}
    assert units == {("a", "images"), ("b", "seconds"), ("", "images"), ("", "seconds")}


def test_a_little_is_not_worth_an_alarm(state: Database) -> None:
    assert detect(watched(state, told(tokens=stolen(2000, 100_000))).watched) == []

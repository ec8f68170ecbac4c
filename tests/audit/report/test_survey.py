"""One account's report from a real state file: what is shown, what is left out, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from keyguard.audit.accounts import Limits
from keyguard.audit.report.survey import Known, Wish, survey
from keyguard.audit.times import parse_time
from keyguard.model.usage import DAY, HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.model.usage_report import AccountUsage, Course, Mark, Rank, Window
from keyguard.state import alarms, usage
from keyguard.state.database import Database, open_state
from keyguard.state.usage import Outcome, Place, keep_outcome, replace_points

NOW = parse_time("2026-02-15T06:30:00Z", "rfc3339")
TODAY = NOW - NOW % DAY
BEGIN = TODAY - 60 * DAY
NAME = SeriesName("openai", "main", "key_1", "gpt", "proj", "completions", HOUR, "USD", "priced")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state", [usage.AREA, alarms.AREA]) as opened:
        yield opened


def keep(
    state: Database, *names: SeriesName, money: str | None = "0.5", until: int = NOW, span: Span | None = None
) -> None:
    """One dollar in two hours of every day."""
    starts = [day + hour * HOUR for day in range(BEGIN, until, DAY) for hour in (1, 4) if day + hour * HOUR < until]
    points = tuple(UsagePoint(start, 1, 10, Decimal(money) if money else None, True, until) for start in starts)
    span = span or Span(BEGIN, until - until % HOUR)
    replace_points(
        state, Place(*names[0][:2], names[0].source), HOUR, span, [UsageSeries(name, points) for name in names]
    )


def report(state: Database, known: Known = Known(), **wishes: object) -> AccountUsage:  # noqa: B008 - a constant
    wish = Wish(Span(NOW - 10 * DAY, NOW), DAY, "key", 10, NOW)._replace(**wishes)  # type: ignore[arg-type]  # by name
    return survey(state, "openai", "main", wish, known)


def held(rows: Iterable[Course | Rank]) -> list[tuple[str, int]]:
    return [(each.name, int(each.amount)) for each in rows]


def mark(key: str, start: int) -> Mark:
    return Mark(f"id-{key}", key, "", ("unusual",), "high", start, start + HOUR, 5.0, "USD", "odd.", (), told=True)


def test_without_figures_it_says_so(state: Database) -> None:
    assert report(state) == AccountUsage("openai", "main", (), (), (), ("nothing was read yet",))
    keep(state, NAME)
    found = report(state, span=Span(BEGIN - 9 * DAY, BEGIN - 8 * DAY))
    assert found.spendings[0].total.amount == 0
    assert found.spendings[0].total.buckets[0].amount is None


def test_totals_parts_and_rankings_agree(state: Database) -> None:
    keep(state, NAME, NAME._replace(key="key_2", model="mini"), NAME._replace(key=""))
    (found,) = report(state).spendings
    assert (found.unit, found.width, found.bases) == ("USD", DAY, ("priced",))
    assert len(found.total.buckets) == 11
    assert found.total.amount == 33
    assert held(found.parts) == [("key_1", 11), ("key_2", 11)]
    keys, models, projects = found.rankings
    assert held(keys.ranks) == [("", 11), ("key_1", 11), ("key_2", 11)]
    assert held(models.ranks) == [("gpt", 22), ("mini", 11)]
    assert [each.whole for each in (keys, models, projects)] == [33, 33, 33]


def test_the_last_day_is_not_final_and_the_days_before_are(state: Database) -> None:
    keep(state, NAME)
    (found,) = report(state).spendings
    assert [each.final for each in found.total.buckets] == [True] * 10 + [False]
    assert found.total.buckets[-1].normal
    assert found.total.buckets[-1].normal.expected == pytest.approx(1, abs=0.1)


def test_a_gap_is_no_zero_and_is_named(state: Database) -> None:
    keep(state, NAME, until=TODAY - 5 * DAY, span=Span(BEGIN, TODAY - 5 * DAY))
    replace_points(state, Place("openai", "main", "completions"), HOUR, Span(TODAY - 3 * DAY, NOW - NOW % HOUR), [])
    found = report(state)
    amounts = [each.amount for each in found.spendings[0].total.buckets]
    assert amounts == [1, 1, 1, 1, 1, None, None, 0, 0, 0, 0]
    assert "completions: nothing is known from 2026-02-10 00:00 UTC to 2026-02-12 00:00 UTC" in found.notes


def test_currencies_are_never_added_up(state: Database) -> None:
    keep(state, NAME, NAME._replace(currency="EUR"))
    found = report(state, Known(limits=(Limits("CNY", monthly=Decimal(9)),)))
    assert [(each.unit, int(each.total.amount)) for each in found.spendings] == [("EUR", 11), ("USD", 11)]
    assert "EUR and USD are never added up" in found.notes
    assert "a limit is in CNY, but figures are in EUR and USD: it is not held against them" in found.notes


def test_a_model_without_a_price_is_named(state: Database) -> None:
    keep(state, NAME)
    keep(state, NAME._replace(model="new", source="images"), money=None)
    found = report(state)
    assert found.spendings[0].total.amount == 11
    assert "no price is known for new (22 requests, 220 tokens): its money is unknown, and not counted" in found.notes


def test_requests_are_shown_where_no_money_is_told_or_they_are_limited(state: Database) -> None:
    keep(state, NAME._replace(basis="count", currency=""), money=None)
    limited = report(state, Known(limits=(Limits("requests", daily=Decimal(1), monthly=Decimal(40)),)))
    (found,) = limited.spendings
    assert (found.unit, found.total.amount, found.total.limit) == ("requests", Decimal(22), Decimal(1))
    assert found.total.forecast
    assert found.total.forecast.so_far == 30
    assert found.total.forecast.reached == parse_time("2026-02-20", "date")
    keep(state, NAME)
    assert [each.unit for each in report(state).spendings] == ["USD"]
    assert [each.unit for each in report(state, Known(limits=(Limits("requests", hourly=Decimal(1)),))).spendings] == [
        "USD",
        "requests",
    ]


def test_the_forecast_is_of_this_month_whatever_is_shown(state: Database) -> None:
    keep(state, NAME)
    known = Known((Limits(monthly=Decimal(20)),), (Limits(monthly=Decimal(100)),))
    for wishes in ({}, {"span": Span(NOW - 2 * HOUR, NOW), "width": HOUR}):
        (found,) = report(state, known, **wishes).spendings
        assert found.total.forecast
        assert found.total.forecast.so_far == 15
        assert found.total.forecast.expected == pytest.approx(28, abs=1)
        assert found.total.forecast.reached == parse_time("2026-02-20", "date")
        (part,) = found.parts or (found.total._replace(forecast=None),)
        assert part.forecast is None or part.forecast.limit == 100
    (past,) = report(state, known, span=Span(NOW - 20 * DAY, NOW - 10 * DAY)).spendings
    assert past.total.forecast is None


def test_what_is_told_by_the_day_is_shown_by_the_day(state: Database) -> None:
    days = NAME._replace(granularity=DAY, basis="billed", source="costs")
    points = tuple(UsagePoint(start, None, None, Decimal(3), True, NOW) for start in range(BEGIN, TODAY, DAY))
    replace_points(state, Place("openai", "main", "costs"), DAY, Span(BEGIN, TODAY), [UsageSeries(days, points)])
    (found,) = report(state, span=Span(NOW - 30 * HOUR, NOW), width=HOUR).spendings
    assert (found.width, [each.amount for each in found.total.buckets]) == (DAY, [3, None])
    keep(state, NAME)
    (hours,) = report(state, span=Span(NOW - 30 * HOUR, NOW), width=HOUR).spendings
    assert (hours.width, hours.total.amount, hours.bases) == (HOUR, Decimal(2), ("priced",))
    (both,) = report(state).spendings
    assert (both.total.amount, both.bases) == (Decimal(31), ("billed", "priced"))


def test_keys_that_something_happened_to_are_always_shown(state: Database) -> None:
    keep(state, *(NAME._replace(key=f"key_{number}") for number in range(5)))
    window = Window("key_4", "sk-…", "i", NOW - 3 * DAY, None, closed=False)
    found = report(state, Known(marks=(mark("key_3", NOW - DAY),), windows=(window,)), top=1)
    (dollars,) = found.spendings
    assert [each.name for each in dollars.parts] == ["key_0", "key_3", "key_4"]
    assert [each.marks for each in dollars.parts] == [(), ("id-key_3",), ()]
    assert [each.windows for each in dollars.parts] == [(), (), (window,)]
    assert (dollars.total.marks, dollars.total.windows) == (("id-key_3",), (window,))
    assert (dollars.rankings[0].others, dollars.rankings[0].rest) == (4, Decimal(44))


@pytest.mark.parametrize(("key", "laid_over"), [("key_1", False), ("", True)])
def test_a_leaked_key_of_no_known_name_lies_over_accounts_that_tell_no_keys(
    state: Database, key: str, laid_over: bool
) -> None:
    window = Window("", "sk-…", "i", NOW - 3 * DAY, None, closed=False)
    keep(state, NAME._replace(key=key))
    found = report(state, Known(windows=(window,)))
    assert (found.windows, bool(found.spendings[0].total.windows)) == ((window,), laid_over)


def test_problems_of_the_last_read_and_figures_of_the_future_are_told(state: Database) -> None:
    keep(state, NAME, until=NOW + 2 * DAY)
    keep_outcome(state, Outcome("openai", "main", "costs", NOW, "the credential is refused (401)"))
    found = report(state)
    assert found.notes[0] == "costs could not be read at 2026-02-15 06:30 UTC: the credential is refused (401)"
    assert "4 figures lie after this time, and are left out" in found.notes
    assert found.spendings[0].total.amount == 11


def test_that_nobody_looked_for_anomalies_is_told_once(state: Database) -> None:
    keep(state, NAME)
    assert "nobody looked for anomalies yet: `keyguard audit run` does" in report(state).notes
    with state.writing() as connection:
        alarms.keep_progress(connection, "openai", "main", alarms.Progress(NOW, 0))
    assert report(state).notes == ()

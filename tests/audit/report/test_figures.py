from __future__ import annotations

from decimal import Decimal

from keyguard.audit.report.figures import REQUESTS, Sheet, figures, in_unit, telling, units
from keyguard.audit.report.reach import Reach
from keyguard.model.usage import DAY, HOUR, SeriesName, Span, UsagePoint, UsageSeries

NAME = SeriesName("openai", "main", "", "", "", "costs", DAY, "USD", "billed")
PRICED = NAME._replace(source="completions", granularity=HOUR, basis="priced")
COUNT = NAME._replace(source="requests", basis="count", currency="")


def series(name: SeriesName, *amounts: str | None, complete: bool = True) -> UsageSeries:
    """One amount for each day."""
    return UsageSeries(
        name,
        tuple(
            UsagePoint(day * DAY, 2, None, None if money is None else Decimal(money), complete)
            for day, money in enumerate(amounts)
        ),
    )


def sheet(*merged: UsageSeries, names: tuple[SeriesName, ...] = (), spans: dict[str, int] | None = None) -> Sheet:
    """Three days; `spans` is up to which day each source was read."""
    read = {
        name: (Span(0, days * DAY),) for name, days in (spans or {"costs": 3, "completions": 3, "requests": 3}).items()
    }
    return Sheet(merged, names or tuple(each.name for each in merged), Reach(read), "USD", range(0, 3 * DAY, DAY), DAY)


def test_without_figures_there_is_no_unit() -> None:
    assert units([]) == []
    assert units([series(COUNT._replace(unit="characters"))]) == []
    assert telling(sheet(series(NAME, "1")), "key") is None


def test_currencies_are_apart_and_requests_serve_where_no_money_is_told() -> None:
    assert units([series(NAME, "1"), series(NAME._replace(currency="CNY"), "1"), series(COUNT, None)]) == ["CNY", "USD"]
    assert units([series(COUNT, None)]) == [REQUESTS]
    assert [each.name for each in in_unit([series(NAME, "1"), series(NAME._replace(currency="CNY"), "1")], "USD")] == [
        NAME
    ]
    (requests,) = in_unit([series(COUNT, None)], REQUESTS)
    assert requests.points[0].money == 2


def test_what_was_read_and_not_told_is_zero_and_the_rest_is_unknown() -> None:
    found = figures(sheet(series(NAME, "5"), spans={"costs": 2}))
    assert [(each.amount, each.final) for each in found.buckets] == [(5, True), (0, True), (None, False)]


def test_a_bucket_that_was_read_in_part_is_not_final() -> None:
    half = sheet(series(NAME, "5", "6"))._replace(reach=Reach({"costs": (Span(0, DAY + HOUR),)}))
    assert [(each.amount, each.final) for each in figures(half).buckets] == [(5, True), (6, False), (None, False)]


def test_the_same_money_counts_once_and_late_figures_hide_nothing() -> None:
    late = series(NAME, "5")._replace(
        points=(*series(NAME, "5").points, UsagePoint(DAY, None, None, Decimal(1), False))
    )
    found = figures(sheet(late, series(PRICED, "4", "7")))
    assert [each.amount for each in found.buckets] == [5, 7, 0]
    assert found.chosen == {0: "billed", DAY: "priced"}
    assert found.bases == ("billed", "priced")


def test_groups_come_from_what_tells_them_and_add_up_to_it() -> None:
    one, two = PRICED._replace(key="a"), PRICED._replace(key="")
    merged = (series(NAME, "5", "5"), series(PRICED, "4", "4"))
    found = telling(sheet(*merged, names=(NAME, one, two)), "key")
    assert found
    assert found.bases == ("priced",)
    shares = found.share([series(one, "3", "1"), series(two, "1", "3"), series(NAME, "9")], "key")
    assert shares == {"a": {0: 3, DAY: 1}, "": {0: 1, DAY: 3}}
    assert [each.amount for each in found.course(shares["a"])] == [3, 1, 0]
    assert [each.amount for each in found.course({})] == [0, 0, 0]


def test_details_of_other_money_serve_in_a_breakdown_only() -> None:
    detail = NAME._replace(basis="detail", key="a")
    merged = sheet(series(NAME, "5"), series(NAME._replace(basis="detail"), "8"), names=(NAME, detail))
    assert figures(merged).buckets[0].amount == 5
    found = telling(merged, "key")
    assert found
    assert found.buckets[0].amount == 8


def test_a_series_that_is_coarser_than_the_buckets_does_not_count() -> None:
    hours = sheet(series(NAME, "5"), series(PRICED, "1"))._replace(width=HOUR, starts=range(0, 2 * HOUR, HOUR))
    assert [each.amount for each in figures(hours).buckets] == [1, 0]

from __future__ import annotations

from decimal import Decimal

from keyguard.audit.totals import MONTH, totals
from keyguard.model.usage import DAY, HOUR, SeriesName, UsagePoint, UsageSeries

NAME = SeriesName("openai", "main", "k", "", "", "costs", DAY, "USD", "billed")


def points(name: SeriesName, *values: tuple[int, str, bool]) -> UsageSeries:
    return UsageSeries(name, tuple(UsagePoint(at, 1, 1, Decimal(money), complete) for at, money, complete in values))


def test_the_same_money_counts_once() -> None:
    hours = points(
        NAME._replace(source="completions", granularity=HOUR, basis="priced"), (0, "1", True), (HOUR, "2", True)
    )
    other = points(NAME._replace(source="images", granularity=HOUR, basis="priced"), (0, "5", True))
    detail = points(NAME._replace(source="activity", basis="detail"), (0, "8", True))
    (day,) = totals([points(NAME, (0, "7.5", True)), hours, other, detail], DAY)
    assert (day.money, day.basis, day.complete) == (Decimal("7.5"), "billed", True)
    assert [total.money for total in totals([points(NAME, (0, "7.5", True)), hours, other], HOUR)] == [6, 2]


def test_what_comes_late_does_not_hide_what_is_known() -> None:
    hours = points(NAME._replace(source="completions", granularity=HOUR, basis="priced"), (0, "50", False))
    (day,) = totals([points(NAME, (0, "0.1", False)), hours], DAY)
    assert (day.money, day.basis, day.complete) == (Decimal(50), "priced", False)


def test_currencies_and_months_stay_apart() -> None:
    yuan = points(NAME._replace(currency="CNY"), (0, "3", True))
    found = totals([points(NAME, (0, "1", True), (DAY, "2", True), (31 * DAY, "4", True)), yuan], MONTH)
    assert [(each.start // DAY, each.currency, each.money) for each in found] == [
        (0, "CNY", Decimal(3)),
        (0, "USD", Decimal(3)),
        (31, "USD", Decimal(4)),
    ]

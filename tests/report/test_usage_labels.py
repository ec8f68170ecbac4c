from __future__ import annotations

from decimal import Decimal

import pytest

from keyguard.model.usage import DAY
from keyguard.model.usage_report import Forecast
from keyguard.report import usage_labels as labels
from tests.report.usage_sample import BEGIN, MONTH, usage_report

AMOUNTS = [
    ("1234.565", "USD", "$1,234.56"),
    ("0", "USD", "$0.00"),
    ("0.0042", "USD", "$0.0042"),
    ("-3.5", "USD", "-$3.50"),
    ("-3.5", "EUR", "-3.50 EUR"),
    ("12", "CNY", "12.00 CNY"),
    ("1234", "requests", "1,234 requests"),
]


@pytest.mark.parametrize(("value", "unit", "told"), AMOUNTS)
def test_amounts(value: str, unit: str, told: str) -> None:
    assert labels.amount(Decimal(value), unit) == told


FORECASTS = [
    (MONTH._replace(limit=None), "pace of the last days"),
    (MONTH, "limit $150.00 is not reached but may be (93%)"),
    (MONTH._replace(high=149.0), "limit $150.00 is not reached (93%)"),
    (MONTH._replace(reached=BEGIN + 20 * DAY), "limit $150.00 is reached about 2026-01-21"),
    (MONTH._replace(limit=Decimal(90), reached=BEGIN + 10 * DAY), "limit $90.00 is crossed since 2026-01-11"),
    (MONTH._replace(limit=Decimal(0)), "limit $0.00 is crossed"),
    (Forecast(MONTH.until, Decimal(9)), "$9.00 so far; too little is known for a forecast to 2026-01-31"),
    (Forecast(MONTH.until, Decimal(9), limit=Decimal(10)), "limit $10.00, $9.00 used"),
]


@pytest.mark.parametrize(("found", "end"), FORECASTS)
def test_forecasts_say_what_becomes_of_the_limit(found: Forecast, end: str) -> None:
    assert labels.forecast_words(found, "USD").endswith(end)


def test_the_limit_of_a_bucket_says_when_it_was_crossed() -> None:
    (dollars,) = usage_report().accounts[0].spendings
    assert labels.bucket_limit(dollars) == "limit $30.00 by the day: crossed on 2026-01-11 and 1 more"
    kept = dollars._replace(total=dollars.total._replace(limit=Decimal(40)))
    assert labels.bucket_limit(kept) == "limit $40.00 by the day: kept"
    assert labels.bucket_limit(dollars._replace(total=dollars.total._replace(limit=None))) == ""


def test_only_final_buckets_are_held_against_what_was_normal() -> None:
    (dollars,) = usage_report().accounts[0].spendings
    assert labels.expectation(dollars) == (76.75, 17.5)
    (requests,) = usage_report().accounts[2].spendings
    assert labels.expectation(requests) is None

"""The words of a usage report: amounts, times, names."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from keyguard.model.usage import DAY
from keyguard.report.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model.usage_report import Forecast, Mark, Spending, Window

REQUESTS: Final = "requests"
_BASES: Final = {
    "billed": "as the provider bills it",
    "priced": "use times the price table",
    "balance": "what a balance or counter moved by",
    "detail": "the provider's breakdown",
    "count": "counted by the provider",
}


def amount(value: Decimal | float, unit: str) -> str:
    """For people, so rounded: $1,234.56, 1,234.56 EUR, 1,234 requests; less than a cent with two digits."""
    if unit == REQUESTS:
        return f"{value:,.0f} requests"
    small = 0 < abs(float(value)) < 0.01
    number = f"{float(value):.2g}" if small else f"{value:,.2f}"
    if unit == "USD":
        return f"-${number[1:]}" if number.startswith("-") else f"${number}"
    return f"{number} {visible(unit)}"


def share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def minute(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds))


def bucket(start: int, width: int) -> str:
    return day(start) if width >= DAY else minute(start)


def each(width: int) -> str:
    return "day" if width >= DAY else "hour"


def name_of(name: str, by: str) -> str:
    """What one row is called; what the provider tells of none is that."""
    return visible(name) if name else f"(no {by})"


def bases(names: Sequence[str]) -> str:
    return "; ".join(_BASES.get(name, name) for name in names)


def stretch(start: int, end: int | None) -> str:
    return f"{minute(start)} to {minute(end) if end is not None else 'now'} UTC"


def subject(mark: Mark) -> str:
    if mark.key:
        return f"key {visible(mark.key)}"
    return f"project {visible(mark.project)}" if mark.project else "the whole account"


def window_subject(window: Window) -> str:
    """Which key was exposed, by the name the figures use and as it was found."""
    name = f"key {visible(window.key)}" if window.key else "a key that these figures do not name"
    return f"{name} ({visible(window.masked)})"


def forecast_words(found: Forecast, unit: str) -> str:
    """In one sentence, what the month will hold, and what that means for the limit."""
    end = day(found.until - 1)
    if found.expected is None:
        told = f"{amount(found.so_far, unit)} so far; too little is known for a forecast to {end}"
    else:
        low, high = amount(found.low or 0, unit), amount(found.high or 0, unit)
        told = f"{amount(found.expected, unit)} by {end} if use is normal ({low} to {high}), "
        told += f"{amount(found.pace or 0, unit)} at the pace of the last days"
    return f"{told}; {limit_words(found, unit)}" if found.limit is not None else told


def limit_words(found: Forecast, unit: str) -> str:
    """Whether the month's limit holds; "" where there is none."""
    if found.limit is None:
        return ""
    limit = found.limit
    told = f"limit {amount(limit, unit)}"
    if found.so_far >= limit:
        return f"{told} is crossed" + (f" since {day(found.reached)}" if found.reached is not None else "")
    if found.reached is not None:
        return f"{told} is reached about {day(found.reached)}"
    if found.expected is None or not limit:
        return f"{told}, {amount(found.so_far, unit)} used"
    high = " but may be" if (found.high or 0) >= limit else ""
    return f"{told} is not reached{high} ({found.expected / float(limit):.0%})"


def bucket_limit(spending: Spending) -> str:
    """The limit for one bucket, and how many crossed it; "" where there is none."""
    limit = spending.total.limit
    if limit is None:
        return ""
    over = [one.start for one in spending.total.buckets if one.amount is not None and one.amount > limit]
    told = f"limit {amount(limit, spending.unit)} by the {each(spending.width)}"
    if not over:
        return f"{told}: kept"
    more = f" and {len(over) - 1} more" if len(over) > 1 else ""
    return f"{told}: crossed on {bucket(over[-1], spending.width)}{more}"


def expectation(spending: Spending) -> tuple[float, float] | None:
    """What the final buckets that have a normal hold, and what was expected of them; None where none has."""
    told = [one for one in spending.total.buckets if one.final and one.normal and one.amount is not None]
    if not told:
        return None
    return (
        float(sum((one.amount for one in told if one.amount is not None), Decimal(0))),
        sum(one.normal.expected for one in told if one.normal),
    )

"""What `keyguard audit report` shows: spending over time with what was normal, anomalies, exposed keys, a forecast."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Normal(NamedTuple):
    """What a bucket was expected to hold, and the band around it that usual buckets keep to."""

    expected: float
    low: float
    high: float


class Bucket(NamedTuple):
    """`amount` is None where nothing was read. `final` is False while it can grow, or where a part was not read.

    `normal` is None while too little is known to say.
    """

    start: int
    amount: Decimal | None
    final: bool = True
    normal: Normal | None = None


class Forecast(NamedTuple):
    """What the UTC month that ends at `until` will hold: `expected` if use stays normal, nine in ten times between
    `low` and `high`; `pace` if it goes on as in the last days.

    All four are None while too little is known. `reached` is when the limit is reached, None where it is not.
    """

    until: int
    so_far: Decimal
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    pace: float | None = None
    limit: Decimal | None = None
    reached: int | None = None


class Mark(NamedTuple):
    """An anomaly. Times are Unix seconds, `end` None while it lasts; `excess` is in `unit`, above normal.

    `told` is False where nobody was told: it was over before keyguard watched, or is held back.
    """

    id: str
    key: str
    project: str
    kinds: tuple[str, ...]
    severity: str
    start: int
    end: int | None
    excess: float
    unit: str
    sentence: str
    causes: tuple[str, ...]
    told: bool


class Window(NamedTuple):
    """A leaked key's exposure. `key` is what the account's figures call it, "" where they do not tell it."""

    key: str
    masked: str
    incident: str
    start: int
    end: int | None
    closed: bool


class Course(NamedTuple):
    """An amount over time, of the whole account (`name` is "") or of one key, model or project.

    `limit` is the configured most for one bucket; `marks` are the ids of its anomalies.
    """

    name: str
    amount: Decimal
    buckets: tuple[Bucket, ...]
    forecast: Forecast | None = None
    limit: Decimal | None = None
    marks: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()


class Rank(NamedTuple):
    """One key, model or project; `name` is "" for what the provider tells of none. `share` is None where all is 0."""

    name: str
    amount: Decimal
    share: float | None


class Ranking(NamedTuple):
    """The greatest first, then `others` more that hold `rest` together. `bases` is where the amounts are from.

    `whole` is their sum: not the account's total where that is from elsewhere.
    """

    by: str
    bases: tuple[str, ...]
    ranks: tuple[Rank, ...]
    others: int
    rest: Decimal
    whole: Decimal


class Spending(NamedTuple):
    """One account in one unit, a currency or "requests". Buckets are `width` seconds; `parts` are by `by`."""

    unit: str
    width: int
    bases: tuple[str, ...]
    total: Course
    by: str
    parts: tuple[Course, ...]
    rankings: tuple[Ranking, ...]


class AccountUsage(NamedTuple):
    """`notes` say what is missing or not certain."""

    provider: str
    account: str
    spendings: tuple[Spending, ...]
    marks: tuple[Mark, ...]
    windows: tuple[Window, ...]
    notes: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.provider}/{self.account}"


class UsageReport(NamedTuple):
    """Times are Unix seconds, UTC: what lies from `since` to before `until`, as known at `now`."""

    now: int
    since: int
    until: int
    accounts: tuple[AccountUsage, ...]

    @property
    def totals(self) -> dict[str, Decimal]:
        """What all accounts hold together, by unit."""
        found: dict[str, Decimal] = {}
        for account in self.accounts:
            for spending in account.spendings:
                found[spending.unit] = found.get(spending.unit, Decimal(0)) + spending.total.amount
        return found

"""What a provider says was used: figures per bucket of time, and the series they belong to."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

HOUR = 3600
DAY = 86400
UNTOLD = -(1 << 63)


class UsagePoint(NamedTuple):
    """The figures of one bucket. `start` and `read_at` are Unix seconds, UTC.

    None is what the provider does not tell, which is not 0. `complete` is False while the bucket can still grow: it
    has not ended, or its provider's lag has not passed, or a part of it could not be seen.
    """

    start: int
    requests: int | None = None
    tokens: int | None = None
    money: Decimal | None = None
    complete: bool = True
    read_at: int = 0


class SeriesName(NamedTuple):
    """What tells series apart. "" is what the provider does not tell, or what was not asked for.

    `source` is the `id` of the read in the provider file: one account can have several, which tell the same money
    twice (see `basis`). `granularity` is in seconds. `currency` is an ISO 4217 code in capitals, "" without money.
    """

    provider: str
    account: str
    key: str = ""
    model: str = ""
    project: str = ""
    source: str = ""
    granularity: int = HOUR
    currency: str = ""
    # billed: the provider's own money; priced: use times the price table; balance: differences between polls;
    # detail: money that a `billed` source tells too, broken down otherwise; count: no money. Where an account has
    # money of several kinds, only one of the first three counts in a total (see audit.totals).
    basis: str = "billed"
    # What `tokens` counts: tokens, characters, seconds, images …
    unit: str = "tokens"


class UsageSeries(NamedTuple):
    """The points of one series, oldest first, at most one for each start."""

    name: SeriesName
    points: tuple[UsagePoint, ...]


class UsageColumns(NamedTuple):
    """The same as texts of whole numbers with commas between them: what many points are read from the fastest.

    UNTOLD stands where a figure is not told. Money is in billionths, rounded: never add it up to show. `tokens` are
    left out ("") where money or requests are told, which say more; `growing` are the starts of incomplete buckets.
    """

    name: SeriesName
    starts: str
    requests: str
    tokens: str
    money: str
    growing: str


class Span(NamedTuple):
    """A stretch of time, Unix seconds: `start` is inside, `end` is not."""

    start: int
    end: int

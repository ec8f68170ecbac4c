"""A usage report made by hand: a theft, an exposed key, gaps, two currencies, odd names, an account without figures."""

from __future__ import annotations

import io
from decimal import Decimal

from keyguard.model.usage import DAY
from keyguard.model.usage_report import (
    AccountUsage,
    Bucket,
    Course,
    Forecast,
    Mark,
    Normal,
    Rank,
    Ranking,
    Spending,
    UsageReport,
    Window,
)
from keyguard.report.usage_json import write_json
from keyguard.report.usage_page import write_html
from keyguard.report.usage_text import write_text

BEGIN = 1_767_225_600  # 2026-01-01
NOW = BEGIN + 14 * DAY + 3600
HOSTILE = '<img src=x onerror="x">\x1b[2J'

MARK = Mark(
    *("0123456789abcdef", "key_1", "", ("unusual",), "critical", BEGIN + 9 * DAY, BEGIN + 11 * DAY, 61.5, "USD"),
    "key key_1 is far above what is normal: $66.50 where $5.00 is normal.",
    ("a stolen key", "a batch job"),
    told=True,
)
WINDOW = Window("key_1", "sk-…ab", "20260109-abcdef", BEGIN + 8 * DAY, None, closed=False)


def course(name: str, amounts: str, forecast: Forecast | None = None, limit: str = "") -> Course:
    """`amounts` by day, `?` for what was not read, `~` behind what is not final."""
    buckets = tuple(
        Bucket(
            BEGIN + number * DAY,
            None if text == "?" else Decimal(text.rstrip("~")),
            not text.endswith(("?", "~")),
            Normal(2.5, 1.0, 5.0) if number >= 7 else None,
        )
        for number, text in enumerate(amounts.split())
    )
    own = name in ("", MARK.key)
    return Course(
        name,
        sum((each.amount for each in buckets if each.amount is not None), Decimal(0)),
        buckets,
        forecast,
        Decimal(limit) if limit else None,
        (MARK.id,) if own else (),
        (WINDOW,) if own else (),
    )


MONTH = Forecast(BEGIN + 31 * DAY, Decimal("93.25"), 140.0, 120.5, 160.0, 310.0, Decimal(150), None)


def usage_report() -> UsageReport:
    total = course("", "2 2.5 3 2 2.5 3 ? 2 2.5 33 31.75 2 2.5 3 1.5~", MONTH, "30")
    one = course("key_1", "1 1 1 1 1 1 ? 1 1 32 31 1 1 1 0.5~", MONTH._replace(reached=BEGIN + 20 * DAY))
    two = course(HOSTILE, "1 1.5 2 1 1.5 2 ? 1 1.5 1 0.75 1 1.5 2 1~")
    ranks = tuple(Rank(each.name, each.amount, float(each.amount / total.amount)) for each in (one, two))
    rankings = (
        Ranking("key", ("billed",), ranks, 3, Decimal("0.004"), total.amount),
        Ranking("model", ("priced",), (Rank("", Decimal(90), 1.0),), 0, Decimal(0), Decimal(90)),
    )
    dollars = Spending("USD", DAY, ("billed", "priced"), total, "key", (one, two), rankings)
    yuan = Spending("CNY", DAY, ("balance",), course("x", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1~"), "key", (), ())
    requests = Spending("requests", DAY, ("count",), course("x", "? ? ? ? ? ? ? ? ? ? ? ? ? ? ?"), "key", (), ())
    accounts = (
        AccountUsage("openai", "main", (dollars,), (MARK,), (WINDOW,), (f"no price is known for {HOSTILE}",)),
        AccountUsage("deepseek", "main", (yuan,), (), (WINDOW._replace(key="", end=BEGIN + 9 * DAY),), ()),
        AccountUsage("google", "prod", (requests,), (), (), ("nobody looked: `keyguard audit run` does",)),
        AccountUsage("aws", "main", (), (), (), ("nothing was read yet",)),
    )
    return UsageReport(NOW, BEGIN, NOW, accounts)


def empty_report() -> UsageReport:
    return UsageReport(NOW, BEGIN, NOW, ())


class Stream(io.TextIOWrapper):
    """A text stream in memory, in an encoding of choice. Its bytes are in `kept`."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding=encoding, newline="\n")

    def getvalue(self) -> str:
        self.flush()
        return self.kept.getvalue().decode(self.encoding)


def usage_written(form: str) -> str:
    """The sample as text, JSON or HTML."""
    out = Stream()
    if form == "text":
        write_text(usage_report(), out, color=False, columns=90)
    else:
        {"json": write_json, "html": write_html}[form](usage_report(), out)
    return out.getvalue()

"""The usage report for programs: one JSON document, described by docs/usage-report.schema.json."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

from keyguard.version import VERSION

if TYPE_CHECKING:
    from keyguard.model.usage_report import (
        AccountUsage,
        Bucket,
        Course,
        Forecast,
        Mark,
        Ranking,
        Spending,
        UsageReport,
        Window,
    )

SCHEMA = 1


def write_json(report: UsageReport, out: TextIO) -> None:
    """What was told is exact, as decimal text; what was reckoned is a number."""
    document = {
        "schema": SCHEMA,
        "tool": {"name": "keyguard", "version": VERSION},
        "at": _time(report.now),
        "since": _time(report.since),
        "until": _time(report.until),
        "totals": [{"unit": unit, "amount": _exact(amount)} for unit, amount in report.totals.items()],
        "accounts": [_account(each) for each in report.accounts],
    }
    json.dump(document, out, ensure_ascii=False, indent=1)
    out.write("\n")


def _account(account: AccountUsage) -> dict[str, Any]:
    return {
        "provider": account.provider,
        "account": account.account,
        "spending": [_spending(each) for each in account.spendings],
        "anomalies": [_mark(each) for each in account.marks],
        "exposures": [_window(each) for each in account.windows],
        "notes": list(account.notes),
    }


def _spending(spending: Spending) -> dict[str, Any]:
    return {
        "unit": spending.unit,
        "bucket_seconds": spending.width,
        "bases": list(spending.bases),
        "total": _course(spending.total),
        "by": spending.by,
        "parts": [{"name": each.name, **_course(each)} for each in spending.parts],
        "rankings": [_ranking(each) for each in spending.rankings],
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        "amount": _exact(course.amount),
        "limit": _exact(course.limit),
        "buckets": [_bucket(each) for each in course.buckets],
        "forecast": _forecast(course.forecast) if course.forecast else None,
        "anomalies": list(course.marks),
    }


def _bucket(bucket: Bucket) -> dict[str, Any]:
    normal = bucket.normal
    return {
        "start": _time(bucket.start),
        "amount": _exact(bucket.amount),
        "final": bucket.final,
        "expected": _number(normal.expected) if normal else None,
        "low": _number(normal.low) if normal else None,
        "high": _number(normal.high) if normal else None,
    }


def _forecast(found: Forecast) -> dict[str, Any]:
    return {
        "until": _time(found.until),
        "so_far": _exact(found.so_far),
        "expected": _number(found.expected),
        "low": _number(found.low),
        "high": _number(found.high),
        "pace": _number(found.pace),
        "limit": _exact(found.limit),
        "limit_reached": _time(found.reached),
    }


def _ranking(ranking: Ranking) -> dict[str, Any]:
    return {
        "by": ranking.by,
        "bases": list(ranking.bases),
        "rows": [
            {"name": each.name, "amount": _exact(each.amount), "share": _number(each.share)} for each in ranking.ranks
        ],
        "others": {"count": ranking.others, "amount": _exact(ranking.rest)},
        "whole": _exact(ranking.whole),
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "id": mark.id,
        "key": mark.key,
        "project": mark.project,
        "kinds": list(mark.kinds),
        "severity": mark.severity,
        "start": _time(mark.start),
        "end": _time(mark.end),
        "excess": _number(mark.excess),
        "unit": mark.unit,
        "sentence": mark.sentence,
        "causes": list(mark.causes),
        "told": mark.told,
    }


def _window(window: Window) -> dict[str, Any]:
    return {
        "key": window.key,
        "masked": window.masked,
        "incident": window.incident,
        "start": _time(window.start),
        "end": _time(window.end),
        "closed": window.closed,
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _exact(value: Decimal | None) -> str | None:
    """Without an exponent and without zeros that say nothing."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")

"""Takes usage figures from a CSV or JSON file; docs/audit.md lists the columns."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from io import StringIO
from typing import Any, Final, NamedTuple

from keyguard.audit.failure import AnswerError, AuditError
from keyguard.audit.times import parse_time
from keyguard.model.usage import SeriesName, Span, UsagePoint, UsageSeries
from keyguard.providers.usage import SECONDS

COLUMNS: Final = (
    "start",
    "provider",
    "account",
    "key",
    "model",
    "project",
    "granularity",
    "requests",
    "tokens",
    "unit",
    "money",
    "currency",
)
SOURCE: Final = "import"
_NUMBERS: Final = frozenset("0123456789.")


class Batch(NamedTuple):
    """What a file says of one account at one granularity, and the stretch it stands for."""

    provider: str
    account: str
    granularity: int
    span: Span
    series: tuple[UsageSeries, ...]


def read_import(text: str, *, csv_file: bool, defaults: Mapping[str, str], read_at: int) -> list[Batch]:
    """The figures of a file, or an AuditError that names line (CSV) or entry (JSON) and column. All or nothing."""
    sums: dict[SeriesName, dict[int, UsagePoint]] = {}
    for place, row in _csv_rows(text) if csv_file else _json_rows(text):
        try:
            name, point = _point({**defaults, **row}, read_at)
        except (ValueError, AnswerError) as error:
            raise AuditError(f"{place}: {error}", f"columns: {', '.join(COLUMNS)}") from None
        points = sums.setdefault(name, {})
        points[point.start] = _plus(points[point.start], point) if point.start in points else point
    return _batches(sums)


def _batches(sums: Mapping[SeriesName, Mapping[int, UsagePoint]]) -> list[Batch]:
    places: dict[tuple[str, str, int], list[UsageSeries]] = {}
    for name, points in sums.items():
        series = UsageSeries(name, tuple(points[start] for start in sorted(points)))
        places.setdefault((name.provider, name.account, name.granularity), []).append(series)
    return [
        Batch(
            *place,
            Span(
                min(each.points[0].start for each in series),
                max(each.points[-1].start for each in series) + place[2],
            ),
            tuple(series),
        )
        for place, series in sorted(places.items())
    ]


def _csv_rows(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        _check_columns(reader.fieldnames or ())
        for row in reader:
            if None in row or None in row.values():
                raise AuditError(f"line {reader.line_num}: not as many values as there are columns")
            yield f"line {reader.line_num}", {key: value for key, value in row.items() if value.strip()}
    except csv.Error as error:
        raise AuditError(f"line {reader.line_num}: not CSV: {error}") from None


def _json_rows(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        data = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise AuditError("not JSON") from None
    rows = data.get("points") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise AuditError('expected a list of objects, or an object with such a list as "points"')
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise AuditError(f"entry {number}: expected an object")
        _check_columns(row)
        yield f"entry {number}", {key: value for key, value in row.items() if value is not None}


def _check_columns(names: Iterable[str]) -> None:
    names = tuple(names)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise AuditError(f"unknown column {unknown[0]!r}", f"columns: {', '.join(COLUMNS)}")
    if "start" not in names:
        raise AuditError("no column 'start'", f"columns: {', '.join(COLUMNS)}")


def _point(row: Mapping[str, Any], read_at: int) -> tuple[SeriesName, UsagePoint]:
    for column in ("provider", "account"):
        if not row.get(column):
            raise ValueError(f"no {column}, expected in the file or as --{column}")
    granularity = _granularity(row.get("granularity", "1d"))
    money = _decimal("money", row.get("money"))
    name = SeriesName(
        str(row["provider"]),
        str(row["account"]),
        str(row.get("key", "")),
        str(row.get("model", "")),
        str(row.get("project", "")),
        SOURCE,
        granularity,
        _currency(str(row.get("currency", "USD"))) if money is not None else "",
        "billed" if money is not None else "count",
        str(row.get("unit", "tokens")),
    )
    start = _start(row.get("start"))
    if start % granularity:
        raise ValueError(f"start: no multiple of its granularity, {granularity} s (UTC)")
    figures = (_count("requests", row.get("requests")), _count("tokens", row.get("tokens")))
    return name, UsagePoint(start, *figures, money, start + granularity <= read_at, read_at)


def _start(value: Any) -> int:
    text = str(value or "").strip()
    return parse_time(text, "unix" if text and set(text) <= _NUMBERS else "rfc3339")


def _granularity(value: Any) -> int:
    if value in SECONDS:
        return SECONDS[value]
    raise ValueError(f"granularity: expected one of {', '.join(SECONDS)}, not {value!r}")


def _decimal(column: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise ValueError(f"{column}: expected a number of 0 or more, not {value!r}")
    return number


def _count(column: str, value: Any) -> int | None:
    number = _decimal(column, value)
    if number is None:
        return None
    if number != int(number):
        raise ValueError(f"{column}: expected a whole number, not {value!r}")
    return int(number)


def _currency(text: str) -> str:
    if len(text) == 3 and text.isascii() and text.isalpha():
        return text.upper()
    raise ValueError(f"currency: expected a code of three letters, not {text!r}")


def _plus(one: UsagePoint, other: UsagePoint) -> UsagePoint:
    """Two lines of the same bucket add up."""
    return one._replace(
        requests=_sum(one.requests, other.requests),
        tokens=_sum(one.tokens, other.tokens),
        money=(one.money or Decimal(0)) + (other.money or Decimal(0)) if one.money is not None else other.money,
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return one if other is None else other if one is None else one + other

"""Finds the rows of an answer, and the figures in each, where the provider file says they stand.

A path is names (or numbers, in lists) with slashes between them; `../` leads from a row to what its list lies in. The
path of a list that may be missing where it is empty ends in `?`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from keyguard.audit.failure import AnswerError
from keyguard.audit.times import parse_time
from keyguard.providers.usage import UsageRead

_CURRENCY = re.compile(r"[A-Z]{3}")
# What is left of it reaches terminals and files: no control characters, no endless names.
_LONGEST_NAME = 200
# Nobody bills in larger or smaller amounts; arithmetic with them would not end.
_MOST_DIGITS = 15
_MOST_COUNT = 10**_MOST_DIGITS


class Row(NamedTuple):
    """The figures of one row. None and "" are what is not told; `meters` hold what the price table prices."""

    start: int | None
    key: str
    model: str
    project: str
    requests: int | None
    tokens: int | None
    money: Decimal | None
    currency: str
    batch: bool
    meters: Mapping[str, int]


def read_rows(tree: Any, read: UsageRead) -> Iterator[Row]:
    """The rows of one page. AnswerError says which part is missing or no figure."""
    for trail in _trails(tree, read):
        yield _row(trail, read)


def count_rows(tree: Any, read: UsageRead) -> int:
    """How many elements the first list of the page has; pages by offset go on by it."""
    found = look(tree, read.rows[0].rstrip("?")) if read.rows else None
    return len(found) if isinstance(found, list) else 0


def look(tree: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    return _follow(tree, _steps(path)[1])


@lru_cache(maxsize=1000)
def _steps(path: str) -> tuple[int, tuple[str, ...]]:
    """How far up a path leads first, and the names it follows then."""
    up = 0
    while path.startswith("../"):
        path, up = path[3:], up + 1
    return up, tuple(filter(None, path.split("/")))


def _follow(tree: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if isinstance(tree, dict):
            tree = tree.get(name)
        elif isinstance(tree, list) and name.isascii() and name.isdigit() and int(name) < len(tree):
            tree = tree[int(name)]
        else:
            return None
    return tree


def _trails(tree: Any, read: UsageRead) -> Iterator[list[Any]]:
    """Each row with all that it lies in, outermost first."""
    if read.shape == "columns":
        yield from ([row] for row in _columns(tree, read))
        return
    trails: list[list[Any]] = [[tree]]
    for path in read.rows:
        trails = [[*trail, each] for trail in trails for each in _list(look(trail[-1], path.rstrip("?")), path)]
    if read.shape == "table":
        names = [str(look(each, "name")) for each in _list(look(tree, read.columns), read.columns)]
        trails = [[dict(zip(names, _list(trail[-1], "a row")))] for trail in trails]
    yield from trails


def _columns(tree: Any, read: UsageRead) -> Iterator[dict[str, Any]]:
    """A list of times beside lists of values by name, as rows of `time`, `name` and `value`."""
    times = _list(look(tree, read.columns), read.columns)
    groups = look(tree, read.rows[0]) if read.rows else None
    if not isinstance(groups, dict):
        raise AnswerError(f"the answer has no table {'/'.join(read.rows)!r}")
    for name, values in groups.items():
        if len(_list(values, name)) != len(times):
            raise AnswerError(f"the answer has {len(times)} times, but {len(values)} values")
        for time, value in zip(times, values):
            yield {"time": time, "name": name, "value": value}


def _list(found: Any, path: str) -> list[Any]:
    if found is None and path.endswith("?"):
        return []
    if found is None and path:
        raise AnswerError(f"the answer has no list {path!r}")
    if not isinstance(found, list):
        raise AnswerError(f"the answer has no list {path!r}" if path else "the answer is no list")
    return found


def _row(trail: list[Any], read: UsageRead) -> Row:
    def get(field: str) -> Any:
        return _first(trail, read.fields.get(field, ()))

    money = _money(get("money"))
    start = get("start")
    meters = {meter: _count(_at(trail, path), meter) or 0 for meter, path in read.meters.items()}
    return Row(
        start=None if start is None else parse_time(start, read.when),
        key=_name(get("key")),
        model=_name(get("model")),
        project=_name(get("project")),
        requests=_count(get("requests"), "requests"),
        tokens=_sum(trail, read.fields.get("tokens", ())),
        money=None if money is None else money * read.scale,
        currency=_currency(get("currency"), read.currency) if money is not None or meters else "",
        batch=get("batch") in (True, "batch"),
        meters=_apart(meters, read.within),
    )


def _at(trail: list[Any], path: str) -> Any:
    up, names = _steps(path)
    return _follow(trail[-1 - up], names) if up < len(trail) else None


def _first(trail: list[Any], paths: tuple[str, ...]) -> Any:
    for path in paths:
        found = _at(trail, path)
        if found is not None:
            return found
    return None


def _sum(trail: list[Any], paths: tuple[str, ...]) -> int | None:
    counts = [count for path in paths if (count := _count(_at(trail, path), "tokens")) is not None]
    return sum(counts) if counts else None


def _apart(meters: dict[str, int], within: Mapping[str, str]) -> dict[str, int]:
    """What one meter counts as a part of another is taken out of that, so that nothing is priced twice."""
    for part, whole in within.items():
        if part in meters and whole in meters:
            meters[whole] = max(0, meters[whole] - meters[part])
    return meters


def _money(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        money = Decimal(value) if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else None
    except InvalidOperation:
        money = None
    if money is None or not money.is_finite() or (money and not -_MOST_DIGITS < money.adjusted() < _MOST_DIGITS):
        raise AnswerError(f"an amount is {str(value)[:40]!r}, expected a number")
    return money


def _count(value: Any, what: str) -> int | None:
    """Some providers write counts as texts, some as 12.0."""
    if type(value) is int and 0 <= value < _MOST_COUNT:  # nearly all are, and a report has many
        return value
    money = _money(value)
    if money is None:
        return None
    if money < 0:
        raise AnswerError(f"{what} is {money}, expected 0 or more")
    return int(money.to_integral_value())


def _currency(value: Any, default: str) -> str:
    if value is None:
        return default
    currency = str(value).upper()
    if not _CURRENCY.fullmatch(currency):
        raise AnswerError(f"a currency is {str(value)[:40]!r}, expected a code of three letters")
    return currency


def _name(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, str) and len(value) <= _LONGEST_NAME and value.isprintable():
        return value
    return "".join(sign if sign.isprintable() else "?" for sign in str(value)[:_LONGEST_NAME])

"""Usage figures as columns of text, for arithmetic over many points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from keyguard.model.usage import UNTOLD, UsageColumns
from keyguard.state.database import Database
from keyguard.state.usage import NANO, Choice, bounds, named

_MONEY: Final = (
    f"CASE typeof(money) WHEN 'text' THEN CAST(money * 1e{NANO} AS INTEGER) ELSE ifnull(money, {UNTOLD}) END"
)
_COLUMNS: Final = (
    "group_concat(start)",
    f"group_concat(ifnull(requests, {UNTOLD}))",
    f"group_concat({_MONEY})",
    "group_concat(CASE WHEN partial THEN start END)",
    "count(requests) + count(money)",
)
_TOKENS: Final = f"group_concat(ifnull(tokens, {UNTOLD}))"


def columns(state: Database, choice: Choice = Choice()) -> Iterator[UsageColumns]:  # noqa: B008 - a constant
    """The chosen series, ordered by name: SQLite writes columns several times faster than Python steps through rows."""
    for number, name in named(state, choice):
        starts, requests, money, growing, told = _texts(state, _COLUMNS, number, choice)
        tokens = ""
        if starts and not told:
            starts, requests, money, growing, _, tokens = _texts(state, (*_COLUMNS, _TOKENS), number, choice)
        if starts:
            yield UsageColumns(name, starts, requests, tokens, money, growing or "")


def _texts(state: Database, fields: tuple[str, ...], number: int, choice: Choice) -> tuple[Any, ...]:
    question = f"SELECT {', '.join(fields)} FROM"
    points = "(SELECT * FROM usage_points WHERE series = ? AND start >= ? AND start < ? ORDER BY start)"
    (row,) = state.rows(f"{question} {points}", bounds(number, choice))
    return row

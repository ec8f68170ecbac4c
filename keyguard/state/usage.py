"""Usage figures in the state file: series, points, what stretches of time were read, and counters between polls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from keyguard.model.usage import SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import Area, Database

# Money is an integer of 1e-9 where that is exact and fits, else the decimal as text: small, and nothing is lost.
NANO: Final = 9
_BIGGEST: Final = 1 << 63

AREA: Final = Area(
    "usage",
    (
        """
        CREATE TABLE usage_series (
            id INTEGER PRIMARY KEY, provider TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
            model TEXT NOT NULL, project TEXT NOT NULL, source TEXT NOT NULL, granularity INTEGER NOT NULL,
            currency TEXT NOT NULL, basis TEXT NOT NULL, unit TEXT NOT NULL,
            UNIQUE (provider, account, key, model, project, source, granularity, currency, basis, unit));
        CREATE TABLE usage_points (
            series INTEGER NOT NULL, start INTEGER NOT NULL, requests, tokens, money, partial INTEGER NOT NULL,
            read_at INTEGER NOT NULL, PRIMARY KEY (series, start)) WITHOUT ROWID;
        CREATE TABLE usage_coverage (
            provider TEXT NOT NULL, account TEXT NOT NULL, source TEXT NOT NULL, granularity INTEGER NOT NULL,
            start INTEGER NOT NULL, end INTEGER NOT NULL,
            PRIMARY KEY (provider, account, source, granularity, start)) WITHOUT ROWID;
        CREATE TABLE usage_readings (
            provider TEXT NOT NULL, account TEXT NOT NULL, source TEXT NOT NULL, key TEXT NOT NULL,
            currency TEXT NOT NULL, period INTEGER NOT NULL, taken INTEGER NOT NULL, value NOT NULL,
            PRIMARY KEY (provider, account, source, key, currency, period, taken)) WITHOUT ROWID;
        CREATE TABLE usage_outcomes (
            provider TEXT NOT NULL, account TEXT NOT NULL, source TEXT NOT NULL, read_at INTEGER NOT NULL,
            problem TEXT NOT NULL, PRIMARY KEY (provider, account, source)) WITHOUT ROWID
        """,
    ),
)


class Place(NamedTuple):
    """The source that figures come from: one read of one account."""

    provider: str
    account: str
    source: str


class Reading(NamedTuple):
    """What a counter or balance stood at. `period` is when the counter began at 0 (Unix seconds), 0 for a balance."""

    key: str
    currency: str
    period: int
    taken: int
    value: Decimal


class Outcome(NamedTuple):
    """How the last read of a source ended: `problem` is "" where it went well. Source "" is the account as a whole."""

    provider: str
    account: str
    source: str
    read_at: int
    problem: str


class Choice(NamedTuple):
    """Which series and points are wanted; what is None is not asked."""

    provider: str | None = None
    account: str | None = None
    key: str | None = None
    source: str | None = None
    granularity: int | None = None
    since: int | None = None
    until: int | None = None


def replace_points(
    state: Database,
    place: Place,
    granularity: int,
    span: Span,
    series: Iterable[UsageSeries],
    settled: int | None = None,
) -> tuple[int, int]:
    """Put `series` in the place of all that was known of `place` in `span`, in one transaction.

    What the provider took back is gone, what it restated is new, and reading twice counts once. The span counts as
    read (see `coverage`), up to `settled` where that is given: buckets after it can still grow, or are not told yet.
    Gives how many points there were before, and how many there are now.
    """
    with state.writing() as connection:
        removed = 0
        for (old,) in connection.execute(
            "SELECT id FROM usage_series WHERE provider = ? AND account = ? AND source = ?", place
        ).fetchall():
            removed += connection.execute(
                "DELETE FROM usage_points WHERE series = ? AND start >= ? AND start < ?", (old, *span)
            ).rowcount
        written = 0
        for each in series:
            number = _number(connection, each.name)
            rows = [_row(number, point) for point in each.points]
            connection.executemany("INSERT OR REPLACE INTO usage_points VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            written += len(rows)
        end = span.end if settled is None else min(settled, span.end)
        if end > span.start:
            _cover(connection, place, granularity, Span(span.start, end))
    return removed, written


def series(state: Database, choice: Choice = Choice()) -> Iterator[UsageSeries]:  # noqa: B008 - a constant
    """The chosen series with their points, one at a time, ordered by name. Those without points are left out."""
    for number, name in named(state, choice):
        rows = _points(state, "start, requests, tokens, money, partial, read_at", number, choice)
        if rows:
            yield UsageSeries(
                name,
                tuple(
                    UsagePoint(start, requests, tokens, _decimal(money), not partial, read_at)
                    for start, requests, tokens, money, partial, read_at in rows
                ),
            )


def coverage(state: Database, place: Place, granularity: int) -> tuple[Span, ...]:
    """The stretches that were read, merged, oldest first. Inside, a missing point means 0; outside, not known."""
    rows = state.rows(
        "SELECT start, end FROM usage_coverage WHERE provider = ? AND account = ? AND source = ? AND granularity = ?"
        " ORDER BY start",
        (*place, granularity),
    )
    return tuple(Span(*row) for row in rows)


def sources(state: Database, provider: str, account: str) -> list[tuple[str, int]]:
    """The sources and granularities that were ever read of an account."""
    return state.rows(
        "SELECT DISTINCT source, granularity FROM usage_coverage WHERE provider = ? AND account = ?"
        " ORDER BY source, granularity",
        (provider, account),
    )


def keep_readings(state: Database, place: Place, readings: Iterable[Reading]) -> None:
    """Remember what counters stood at. One more reading at the same second replaces the first."""
    rows = [(*place, each.key, each.currency, each.period, each.taken, _stored(each.value)) for each in readings]
    with state.writing() as connection:
        connection.executemany("INSERT OR REPLACE INTO usage_readings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def readings(state: Database, place: Place, since: int = 0) -> list[Reading]:
    """What counters stood at, ordered by key, currency, period and time; of each, the last before `since` as well."""
    found: list[Reading] = []
    for key, currency, period, taken, value in state.rows(
        "SELECT key, currency, period, taken, value FROM usage_readings"
        " WHERE provider = ? AND account = ? AND source = ? ORDER BY key, currency, period, taken",
        place,
    ):
        reading = Reading(key, currency, period, taken, _exact(value))
        if found and found[-1][:3] == reading[:3] and taken <= since:
            found[-1] = reading
        else:
            found.append(reading)
    return found


def keep_outcome(state: Database, outcome: Outcome) -> None:
    """Remember how the last read of a source ended."""
    with state.writing() as connection:
        connection.execute("INSERT OR REPLACE INTO usage_outcomes VALUES (?, ?, ?, ?, ?)", outcome)


def outcomes(state: Database) -> list[Outcome]:
    """How the last read of each source ended."""
    return [Outcome(*row) for row in state.rows("SELECT * FROM usage_outcomes ORDER BY provider, account, source")]


def forget(state: Database, before: int) -> int:
    """Remove what is older than `before` (Unix seconds); gives how many points that were.

    Of counters the last reading stays, so that the next difference has something to start from.
    """
    with state.writing() as connection:
        gone = connection.execute("DELETE FROM usage_points WHERE start < ?", (before,)).rowcount
        connection.execute(
            "DELETE FROM usage_series WHERE id NOT IN (SELECT DISTINCT series FROM usage_points)"
            if gone
            else "SELECT 1"
        )
        connection.execute("DELETE FROM usage_coverage WHERE end <= ?", (before,))
        connection.execute("UPDATE usage_coverage SET start = ? WHERE start < ?", (before, before))
        connection.execute(
            "DELETE FROM usage_readings WHERE taken < ? AND EXISTS (SELECT 1 FROM usage_readings AS later"
            " WHERE later.provider = usage_readings.provider AND later.account = usage_readings.account"
            " AND later.source = usage_readings.source AND later.key = usage_readings.key"
            " AND later.currency = usage_readings.currency AND later.taken > usage_readings.taken)",
            (before,),
        )
    return gone


def _number(connection: Any, name: SeriesName) -> int:
    where = " AND ".join(f"{field} = ?" for field in SeriesName._fields)
    question = f"SELECT id FROM usage_series WHERE {where}"  # noqa: S608 - the names of our own fields
    row = connection.execute(question, name).fetchone()
    if row is None:
        fields = ", ".join(SeriesName._fields)
        marks = ", ".join("?" * len(name))
        made = connection.execute(f"INSERT INTO usage_series ({fields}) VALUES ({marks})", name)  # noqa: S608 - as above
        return int(made.lastrowid)
    return int(row[0])


def named(state: Database, choice: Choice) -> list[tuple[int, SeriesName]]:
    """The chosen series by their numbers, ordered by name."""
    wanted = [(field, getattr(choice, field)) for field in ("provider", "account", "key", "source", "granularity")]
    asked = [(field, value) for field, value in wanted if value is not None]
    where = " AND ".join(f"{field} = ?" for field, _ in asked) or "1"
    fields = ", ".join(SeriesName._fields)
    question = f"SELECT id, {fields} FROM usage_series WHERE {where} ORDER BY {fields}"  # noqa: S608 - our own fields
    return [(row[0], SeriesName._make(row[1:])) for row in state.rows(question, [value for _, value in asked])]


def _points(state: Database, fields: str, number: int, choice: Choice) -> list[tuple[Any, ...]]:
    question = f"SELECT {fields} FROM usage_points WHERE series = ? AND start >= ? AND start < ?"  # noqa: S608 - ours
    return state.rows(question, bounds(number, choice))


def bounds(number: int, choice: Choice) -> tuple[int, int, int]:
    """A series and the stretch that is wanted of it: series = ? AND start >= ? AND start < ?."""
    return number, choice.since or 0, _BIGGEST - 1 if choice.until is None else choice.until


def _cover(connection: Any, place: Place, granularity: int, span: Span) -> None:
    """Add `span`, merged with the stretches it meets."""
    where = "provider = ? AND account = ? AND source = ? AND granularity = ? AND start <= ? AND end >= ?"
    values = (*place, granularity, span.end, span.start)
    low, high = connection.execute(
        f"SELECT min(start), max(end) FROM usage_coverage WHERE {where}",  # noqa: S608 - ours
        values,
    ).fetchone()
    connection.execute(f"DELETE FROM usage_coverage WHERE {where}", values)  # noqa: S608 - ours
    start = span.start if low is None else min(low, span.start)
    end = span.end if high is None else max(high, span.end)
    connection.execute("INSERT INTO usage_coverage VALUES (?, ?, ?, ?, ?, ?)", (*place, granularity, start, end))


def _row(number: int, point: UsagePoint) -> Sequence[Any]:
    return (
        number,
        point.start,
        point.requests,
        point.tokens,
        None if point.money is None else _stored(point.money),
        not point.complete,
        point.read_at,
    )


def _stored(money: Decimal) -> int | str:
    sign, digits, exponent = money.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"money is {money}")  # noqa: TRY004 - a value that is no number
    shift = exponent + NANO
    whole = int("".join(map(str, digits)) or "0")
    if shift >= 0 and len(digits) + shift <= 19:
        scaled = whole * 10**shift
    elif shift < 0 and whole % 10 ** min(-shift, 60) == 0:
        scaled = whole // 10 ** min(-shift, 60) if whole else 0
    else:
        return str(money)
    return str(money) if scaled >= _BIGGEST else (-scaled if sign else scaled)


def _exact(stored: int | str) -> Decimal:
    return Decimal(stored).scaleb(-NANO) if isinstance(stored, int) else Decimal(stored)


def _decimal(stored: int | str | None) -> Decimal | None:
    return None if stored is None else _exact(stored)

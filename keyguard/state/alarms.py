"""Alarms in the state file: what was told of which event, what is still to be told, which keys were stopped.

No secret is kept here: names of keys as their providers tell them, and figures.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import Any, Final, NamedTuple

from keyguard.model.usage import Span
from keyguard.state.database import Area, Database

AREA: Final = Area(
    "alarm",
    (
        """
        CREATE TABLE alarm_event (
            id TEXT PRIMARY KEY, provider TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
            project TEXT NOT NULL, kinds TEXT NOT NULL, severity INTEGER NOT NULL, started INTEGER NOT NULL,
            raised INTEGER NOT NULL, last INTEGER NOT NULL, ended INTEGER, observed REAL NOT NULL,
            expected REAL NOT NULL, excess REAL NOT NULL, currency TEXT NOT NULL, sentence TEXT NOT NULL,
            causes TEXT NOT NULL, silent INTEGER NOT NULL, told INTEGER NOT NULL, told_at INTEGER NOT NULL,
            told_severity INTEGER NOT NULL, told_excess REAL NOT NULL, told_kinds TEXT NOT NULL,
            told_over INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX alarm_by_account ON alarm_event (provider, account, last);
        CREATE TABLE alarm_notice (
            id INTEGER PRIMARY KEY AUTOINCREMENT, alarm TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL,
            sink TEXT NOT NULL, body TEXT NOT NULL, tries INTEGER NOT NULL, problem TEXT NOT NULL,
            claimed INTEGER NOT NULL, done INTEGER NOT NULL, reference TEXT NOT NULL);
        CREATE INDEX alarm_pending ON alarm_notice (done, sink, id);
        CREATE TABLE alarm_progress (
            provider TEXT NOT NULL, account TEXT NOT NULL, known_until INTEGER NOT NULL, unread_since INTEGER NOT NULL,
            PRIMARY KEY (provider, account)) WITHOUT ROWID;
        CREATE TABLE alarm_stop (
            id INTEGER PRIMARY KEY AUTOINCREMENT, alarm TEXT NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL,
            key TEXT NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL, detail TEXT NOT NULL)
        """,
        "ALTER TABLE alarm_stop ADD COLUMN record TEXT NOT NULL DEFAULT ''",
    ),
)
_CLAIM: Final = 900  # seconds after which a notice that a run took, and never finished, is anybody's


class Alarm(NamedTuple):
    """One event, as it was last seen and as it was last told. Times are Unix seconds; `ended` is None while it lasts.

    Amounts are in `currency`; where that is "", in requests, or as many as the tokens are worth. `silent` events were
    over before keyguard watched, and are never told. The fields from `told` on are what the last notice said; `told` is
    how many there were.
    """

    id: str
    provider: str
    account: str
    key: str
    project: str
    kinds: tuple[str, ...]
    severity: int
    started: int
    raised: int
    last: int
    ended: int | None
    observed: float
    expected: float
    excess: float
    currency: str
    sentence: str
    causes: tuple[str, ...]
    silent: bool = False
    told: int = 0
    told_at: int = 0
    told_severity: int = 0
    told_excess: float = 0.0
    told_kinds: tuple[str, ...] = ()
    told_over: bool = False

    @property
    def title(self) -> str:
        return f"{self.provider}/{self.account}"


class Notice(NamedTuple):
    """One thing to tell one sink. `what` is raised, worse, over, stopped, resumed or sink; `body` is the alarm then.

    `reference` is what the sink called it (the number of an issue) when it took an earlier notice of the same alarm.
    """

    id: int
    alarm: str
    what: str
    at: int
    sink: str
    body: Alarm
    tries: int = 0
    problem: str = ""
    reference: str = ""


class Stop(NamedTuple):
    """One entry of what was done to a key by the brake: stopped, resumed or failed.

    `key` is what figures call it, `record` the id by which its provider lists it, where that is known.
    """

    alarm: str
    provider: str
    account: str
    key: str
    at: int
    event: str
    detail: str = ""
    record: str = ""

    @property
    def took(self) -> bool:
        """Whether the provider did it."""
        return self.event in ("stopped", "resumed")


class Progress(NamedTuple):
    """Up to where an account's figures were judged, and since when it cannot be read (0: it can)."""

    known_until: int = 0
    unread_since: int = 0


_LISTS: Final = ("kinds", "causes", "told_kinds")


def alarms(connection: Connection, provider: str, account: str, since: int = 0) -> list[Alarm]:
    """The alarms of an account that were seen at `since` or later, or have not ended, oldest first."""
    statement = (
        f"SELECT {', '.join(Alarm._fields)} FROM alarm_event WHERE provider = ? AND account = ?"  # noqa: S608 - our own
        " AND (last >= ? OR ended IS NULL OR told_over = 0) ORDER BY started, id"
    )
    return [_alarm(row) for row in connection.execute(statement, (provider, account, since))]


def met_by(state: Database, provider: str, account: str, span: Span) -> list[Alarm]:
    """The alarms of an account, told or not, that meet a stretch of time, oldest first."""
    statement = (
        f"SELECT {', '.join(Alarm._fields)} FROM alarm_event WHERE provider = ? AND account = ?"  # noqa: S608 - our own
        " AND started < ? AND (ended IS NULL OR max(ended, last + 1) > ?) ORDER BY started, id"
    )
    return [_alarm(row) for row in state.rows(statement, (provider, account, span.end, span.start))]


def is_judged(state: Database, provider: str, account: str) -> bool:
    """Whether an audit ever looked for anomalies of an account."""
    where = "provider = ? AND account = ?"
    return bool(state.rows(f"SELECT 1 FROM alarm_progress WHERE {where}", (provider, account)))  # noqa: S608 - our own


def keep(connection: Connection, alarm: Alarm) -> None:
    """Put an alarm in the place of what was known of it."""
    marks = ", ".join("?" * len(alarm))
    connection.execute(f"INSERT OR REPLACE INTO alarm_event VALUES ({marks})", _row(alarm))  # noqa: S608 - marks only


def queue(connection: Connection, alarm: Alarm, what: str, at: int, sinks: Iterable[str]) -> None:
    """Note that each of `sinks` is to be told."""
    body = json.dumps(alarm._asdict())
    connection.executemany(
        "INSERT INTO alarm_notice (alarm, what, at, sink, body, tries, problem, claimed, done, reference)"
        " VALUES (?, ?, ?, ?, ?, 0, '', 0, 0, '')",
        [(alarm.id, what, at, sink, body) for sink in sinks],
    )


def claim(state: Database, sink: str, now: int) -> list[Notice]:
    """What `sink` is still to be told, in order; while it is being told, no other run gets the same."""
    with state.writing() as connection:
        rows = connection.execute(
            "SELECT id, alarm, what, at, sink, body, tries, problem, (SELECT max(reference) FROM alarm_notice AS other"
            " WHERE other.alarm = alarm_notice.alarm AND other.sink = alarm_notice.sink) FROM alarm_notice"
            " WHERE done = 0 AND sink = ? AND (claimed = 0 OR claimed <= ? OR claimed > ?) ORDER BY id",
            (sink, now - _CLAIM, now),
        ).fetchall()
        connection.executemany("UPDATE alarm_notice SET claimed = ? WHERE id = ?", [(now, row[0]) for row in rows])
    return [
        Notice(number, alarm, what, at, to, _from_json(body), tries, problem, reference or "")
        for number, alarm, what, at, to, body, tries, problem, reference in rows
    ]


def delivered(state: Database, notice: Notice, now: int, reference: str) -> None:
    with state.writing() as connection:
        connection.execute(
            "UPDATE alarm_notice SET done = ?, tries = tries + 1, problem = '', reference = ? WHERE id = ?",
            (now, reference, notice.id),
        )


def failed(state: Database, notices: Sequence[Notice], problem: str) -> None:
    """Set notices free again, for the next run to try."""
    with state.writing() as connection:
        connection.executemany(
            "UPDATE alarm_notice SET claimed = 0, tries = tries + 1, problem = ? WHERE id = ?",
            [(problem, notice.id) for notice in notices],
        )


def pending(state: Database) -> list[tuple[str, int, str]]:
    """By sink: how many notices were tried and not taken, and why."""
    return state.rows(
        "SELECT sink, count(*), max(problem) FROM alarm_notice WHERE done = 0 AND tries GROUP BY sink ORDER BY sink"
    )


def progress(connection: Connection, provider: str, account: str) -> Progress:
    found = connection.execute(
        "SELECT known_until, unread_since FROM alarm_progress WHERE provider = ? AND account = ?", (provider, account)
    ).fetchone()
    return Progress(*found) if found else Progress()


def keep_progress(connection: Connection, provider: str, account: str, reached: Progress) -> None:
    connection.execute("INSERT OR REPLACE INTO alarm_progress VALUES (?, ?, ?, ?)", (provider, account, *reached))


def keep_stop(connection: Connection, stop: Stop) -> None:
    """Only ever added to."""
    fields = ", ".join(Stop._fields)
    marks = ", ".join("?" * len(stop))
    connection.execute(f"INSERT INTO alarm_stop ({fields}) VALUES ({marks})", stop)  # noqa: S608 - names of our own


def stops(state: Database) -> list[Stop]:
    """What the brake did, oldest first."""
    return [Stop(*row) for row in state.rows(f"SELECT {', '.join(Stop._fields)} FROM alarm_stop ORDER BY id")]  # noqa: S608


def forget_alarms(state: Database, before: int) -> None:
    """Remove what ended, and was told, before that time."""
    with state.writing() as connection:
        connection.execute("DELETE FROM alarm_event WHERE ended < ? AND (silent OR told_over)", (before,))
        connection.execute("DELETE FROM alarm_notice WHERE done AND at < ?", (before,))


def _row(alarm: Alarm) -> tuple[Any, ...]:
    return tuple(
        json.dumps(value) if field in _LISTS else value for field, value in zip(Alarm._fields, alarm, strict=True)
    )


def _alarm(row: Sequence[Any]) -> Alarm:
    values = dict(zip(Alarm._fields, row, strict=True))
    lists = {field: tuple(json.loads(values[field])) for field in _LISTS}
    return Alarm(**{**values, **lists, "silent": bool(values["silent"]), "told_over": bool(values["told_over"])})


def _from_json(text: str) -> Alarm:
    values = json.loads(text)
    return Alarm(**{**values, **{field: tuple(values[field]) for field in _LISTS}})

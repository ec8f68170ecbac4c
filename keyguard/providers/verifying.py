"""The [verify] tables of a provider file: one request that only reads, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from keyguard.providers.actions import ActionFile, cover, tables_of
from keyguard.providers.answers import CONDITIONS, POINTERS, Condition, read_conditions, read_pointers
from keyguard.providers.requests import REQUEST, RequestSpec, read_request
from keyguard.providers.schema import Field, check_table

TABLE = "verify"


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and "\n" not in value


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


# The keys that [verify] and [identify] share with each other.
COMMON: Mapping[str, Field] = {
    "rules": Field("a list of rule ids of this file", _is_lines, []),
    "none": Field("a line that says why there is no such request", _is_line, ""),
    "note": Field("a line for people: what the request does, or what the answer does not tell", _is_line, ""),
    "source": Field("where this was read; `unverified` among it where it was not", _is_line, ""),
}
OWN: Mapping[str, Field] = {
    "live": CONDITIONS,
    "dead": CONDITIONS,
    "restricted": CONDITIONS,
    "owner": POINTERS,
    "account": POINTERS,
    "scopes": POINTERS,
    "expires": POINTERS,
}


class Check(NamedTuple):
    """How the secrets of `rules` are verified; `request` is None where that is not possible, for the reason `none`."""

    rules: tuple[str, ...]
    none: str
    note: str
    request: RequestSpec | None
    source: str = ""
    live: tuple[Condition, ...] = ()
    dead: tuple[Condition, ...] = ()
    restricted: tuple[Condition, ...] = ()
    owner: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    expires: tuple[str, ...] = ()


def read_checks(file: ActionFile) -> tuple[Check, ...]:
    """All [verify] tables of a file, checked. RuleError names file, line and key."""
    tables = tables_of(file, TABLE)
    rows = [
        check_table(file.source, TABLE, number, table, {**COMMON, **REQUEST, **OWN})
        for number, table in enumerate(tables)
    ]
    covered = cover(file, TABLE, [row["rules"] for row in rows])
    return tuple(_check(file, number, row, rules) for number, (row, rules) in enumerate(zip(rows, covered)))


def check_of(checks: tuple[Check, ...], rule: str) -> Check | None:
    """The check for one rule; None where the file says nothing about it."""
    return next((check for check in checks if rule in check.rules), None)


def _check(file: ActionFile, number: int, row: Mapping[str, Any], rules: tuple[str, ...]) -> Check:
    if bool(row["none"]) == bool(row["url"]):
        raise file.source.error("expected either `url`, or `none` with the reason", TABLE, number, "url")
    if row["none"]:
        return Check(rules, row["none"], row["note"], None)
    for key in ("live", "source"):
        if not row[key]:
            raise file.source.error(f"no {key!r} in [{TABLE}], expected beside `url`", TABLE, number)
    return Check(
        rules,
        "",
        row["note"],
        read_request(file, TABLE, number, row),
        row["source"],
        live=read_conditions(row["live"]),
        dead=read_conditions(row["dead"]),
        restricted=read_conditions(row["restricted"]),
        owner=read_pointers(row["owner"]),
        account=read_pointers(row["account"]),
        scopes=read_pointers(row["scopes"]),
        expires=read_pointers(row["expires"]),
    )

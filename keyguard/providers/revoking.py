"""The [[revoke]] tables of a provider file: the ways to stop a secret, those that can be undone first."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.providers.actions import ActionFile, tables_of
from keyguard.providers.answers import CONDITIONS, Condition, read_conditions
from keyguard.providers.requests import COPIES, REQUEST, RequestSpec, read_request
from keyguard.providers.schema import Field, check_table

TABLE = "revoke"
UNDO = "revoke.undo"
LONGEST_WAIT = 3600
# Categories of secrets that no provider keeps.
_NOBODY = ("generic", "crypto")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and "\n" not in value


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def _is_date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _is_wait(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST_WAIT


_LINE = Field("one line of text", _is_line, "")
_SWITCH = Field("true or false", lambda value: isinstance(value, bool), False)
OWN: Mapping[str, Field] = {
    "id": Field("a name for this way, as `disable`", _is_id, ""),
    "rules": Field(
        "a list of rule ids of this file", lambda value: isinstance(value, list) and all(map(_is_id, value)), []
    ),
    "none": Field("a line that says why no request stops it", _is_line, ""),
    "do": Field("a line that says what the request does, as an order", _is_line, ""),
    "final": _SWITCH,
    "aside": _SWITCH,
    "credential": Field("a line that says which credential of the person's own is needed, and its scope", _is_line, ""),
    "done": CONDITIONS,
    "gone": CONDITIONS,
    "refused": CONDITIONS,
    "proof": Field("false where the secret answers as before afterwards", lambda value: isinstance(value, bool), True),
    "wait": Field(f"seconds until it acts at the latest, 0 to {LONGEST_WAIT}", _is_wait, 30),
    "delay": _LINE,
    "breaks": _LINE,
    "survives": _LINE,
    "copies": COPIES,
    "run": Field("a command of the provider's own that does it; keyguard does not run it", _is_line, ""),
    "note": _LINE,
    "source": Field("where this was read; `unverified` among it where it was not", _is_line, ""),
    "verified": Field("a date without quotes, as 2026-11-22", _is_date, dt.date.min),
    "undo": Field("one [revoke.undo]", lambda value: isinstance(value, dict), {}),
}
BACK: Mapping[str, Field] = {
    "do": Field("a line that says what is undone, and how long that is possible", _is_line),
    "done": CONDITIONS,
}


class Undo(NamedTuple):
    """The request that takes a way back."""

    do: str
    request: RequestSpec
    done: tuple[Condition, ...]


class Way(NamedTuple):
    """One way to stop the secrets of `rules` (all that no other way names, where empty).

    `request` is None where no request does it: for the reason `none`, or because the command `run` does. `final` ways
    cannot be undone; `aside` ones hit more than the one secret and are only taken by name. `wait` is in seconds.
    `proof` says that the secret is dead for `verify` afterwards. `copies` go from the provider's record into the body.
    """

    id: str
    rules: tuple[str, ...] = ()
    none: str = ""
    do: str = ""
    final: bool = False
    aside: bool = False
    credential: str = ""
    request: RequestSpec | None = None
    done: tuple[Condition, ...] = ()
    gone: tuple[Condition, ...] = ()
    refused: tuple[Condition, ...] = ()
    proof: bool = True
    wait: int = 0
    delay: str = ""
    breaks: str = ""
    survives: str = ""
    run: str = ""
    note: str = ""
    source: str = ""
    verified: str = ""
    undo: Undo | None = None
    copies: Mapping[str, str] = {}


def read_ways(file: ActionFile) -> tuple[Way, ...]:
    """All [[revoke]] tables of a file, checked. RuleError names file, line and key."""
    ways: list[Way] = []
    undone = 0
    for number, table in enumerate(tables_of(file, TABLE)):
        row = check_table(file.source, TABLE, number, table, {**OWN, **REQUEST})
        _check(file, number, row)
        way = _way(file, number, row)
        if row["undo"]:
            way = way._replace(undo=_undo(file, undone, row["undo"]))
            undone += 1
        ways.append(way)
    for rule in file.rules:
        _check_order(file, ways_of(ways, rule))
    return tuple(ways)


def ways_of(ways: Sequence[Way], rule: str) -> tuple[Way, ...]:
    """The ways for one rule, in the order of the file."""
    named = tuple(way for way in ways if rule in way.rules)
    return named or tuple(way for way in ways if not way.rules)


def reason_of(file: ActionFile, ways: Sequence[Way], rule: str) -> str:
    """Why no request stops a secret of this rule alone; empty where one does."""
    mine = ways_of(ways, rule)
    if any(way.request and not way.aside for way in mine):
        return ""
    said = next((way.none for way in mine if way.none), "")
    if not said and any(way.run for way in mine):
        said = "its provider's own command does it"
    return said or _elsewhere(file)


def _elsewhere(file: ActionFile) -> str:
    """Where a secret is stopped of which no request is known."""
    head = file.tables["provider"]
    if head.get("category") in _NOBODY:
        return "there is no provider to ask: it is changed where it is used"
    place = head.get("console") or head.get("docs")
    where = f"at {place}" if place else f"in the settings of {file.name} (address unverified)"
    return f"no request that stops it was verified: it is stopped {where}"


def _check(file: ActionFile, number: int, row: Mapping[str, Any]) -> None:
    def wrong(problem: str, key: str = "") -> RuleError:
        return file.source.error(problem, TABLE, number, key)

    if sum(map(bool, (row["none"], row["url"], row["run"]))) != 1:
        raise wrong("expected one of `url`, `run`, or `none` with the reason", "url")
    for rule in row["rules"]:
        if rule not in file.rules:
            raise wrong(f"rules: there is no rule {rule!r} in this file", "rules")
    if row["none"]:
        return
    _check_way(row, wrong)


def _check_way(row: Mapping[str, Any], wrong: Callable[..., RuleError]) -> None:
    needed = ("id", "do", "breaks", "source", *(("done",) if row["url"] else ()))
    for key in needed:
        if not row[key]:
            raise wrong(f"no {key!r} in [[{TABLE}]], expected beside `{'url' if row['url'] else 'run'}`")
    if row["verified"] == dt.date.min:
        raise wrong(f"no 'verified' in [[{TABLE}]], expected a date without quotes, as 2026-11-22")
    if row["final"] and row["undo"]:
        raise wrong("final, but with [revoke.undo]: expected one of the two", "final")
    if row["url"] and not row["final"] and not row["undo"]:
        raise wrong("expected [revoke.undo], or final = true", "final")


def _way(file: ActionFile, number: int, row: Mapping[str, Any]) -> Way:
    plain = {key: row[key] for key in Way._fields if key in row and key not in ("rules", "undo", "verified")}
    for key in ("done", "gone", "refused"):
        plain[key] = read_conditions(row[key])
    request = read_request(file, TABLE, number, row) if row["url"] else None
    if request:
        needs_own = any(name.partition(".")[0] == "credential" for name in request.names)
        signs = bool(request.adapter) and request.signed_by == "credential"
        if (needs_own or signs) != bool(row["credential"]):
            raise file.source.error(
                "expected `credential` just where the request holds one", TABLE, number, "credential"
            )
    date = "" if row["none"] and row["verified"] == dt.date.min else row["verified"].isoformat()
    return Way(**plain, rules=tuple(row["rules"]), request=request, verified=date)


def _undo(file: ActionFile, number: int, table: Mapping[str, Any]) -> Undo:
    row = check_table(file.source, UNDO, number, table, {**BACK, **REQUEST})
    if not row["done"]:
        raise file.source.error(f"no 'done' in [{UNDO}], expected beside `url`", UNDO, number)
    return Undo(row["do"], read_request(file, UNDO, number, row), read_conditions(row["done"]))


def _check_order(file: ActionFile, ways: Sequence[Way]) -> None:
    """Ways that can be undone come first, and each has a name of its own."""
    names = [way.id for way in ways if way.id]
    if len(names) != len(set(names)):
        raise file.source.error("id: two ways for one rule have the same name", TABLE)
    if ways and all(way.aside for way in ways):
        raise file.source.error("aside: beside ways that hit more, expected `none` with the reason for no other", TABLE)
    usual = [way.final for way in ways if way.request and not way.aside]
    if usual != sorted(usual):
        raise file.source.error("final: ways that can be undone stand first", TABLE)

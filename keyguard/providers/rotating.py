"""The [rotate] tables of a provider file: how a successor of a key is made, found again, and the old one stopped."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from keyguard.errors import RuleError
from keyguard.providers.actions import ActionFile, tables_of
from keyguard.providers.answers import CONDITIONS, POINTER, POINTERS, Condition, read_conditions, read_pointers
from keyguard.providers.identifying import OWN as SEARCH
from keyguard.providers.identifying import Page
from keyguard.providers.placeholders import names_in
from keyguard.providers.requests import COPIES, REQUEST, RequestSpec, read_request
from keyguard.providers.schema import Field, check_table

TABLE: Final = "rotate"
FACTS: Final = ("id", "title", "owner", "created", "used", "expires", "state", "scope")
# What requests may name beside the credential and the `parts`.
OWN_NAMES: Final = frozenset({"key", "successor", "mark", "title", "over"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and "\n" not in value


def _is_date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and all(_NAME.fullmatch(name) and _is_line(each) for name, each in value.items())


def _is_variables(value: Any) -> bool:
    return _is_named(value) and "secret" in value and all(_VARIABLE.fullmatch(each) for each in value.values())


_LINE = Field("one line of text", _is_line, "")
_TABLE = Field("one table", lambda value: isinstance(value, dict), {})
_NAMED = Field("a table of lines, by names of small letters", _is_named, {})
HEAD: Mapping[str, Field] = {
    "kind": Field("a name that tells several ways apart, as `project`", _is_line, ""),
    "none": Field("a line that says why it cannot be rotated by a request", _is_line, ""),
    "rule": Field("the rule whose [verify] proves the successor", _is_line, ""),
    "key": Field("a line that says what --key names", _is_line, ""),
    "parts": Field("what requests need beside the key, each with a line that says what it is", _is_named, {}),
    "variables": Field('the usual names, as { secret = "ACME_API_KEY" }', _is_variables, {"secret": "SECRET"}),
    "credential": _LINE,
    "source": _LINE,
    "verified": Field("a date without quotes, as 2026-11-22", _is_date, dt.date.min),
    "note": _LINE,
    "list": _TABLE,
    "look": _TABLE,
    "make": _TABLE,
    "fetch": _TABLE,
    "stop": _TABLE,
    "remove": _TABLE,
    "drop": _TABLE,
}
LIST: Mapping[str, Field] = {
    **REQUEST,
    **{name: SEARCH[name] for name in ("page", "over_url", "over_rows", "over_id", "over_page")},
    "rows": POINTER,
    **dict.fromkeys(FACTS, POINTERS),
}
LOOK: Mapping[str, Field] = {**REQUEST, **dict.fromkeys(FACTS, POINTERS), "parts": _NAMED}
MAKE: Mapping[str, Field] = {
    **REQUEST,
    "done": CONDITIONS,
    "full": CONDITIONS,
    "value": POINTERS,
    "id": POINTERS,
    "called": _LINE,
    "parts": _NAMED,
    "copies": COPIES,
}
FETCH: Mapping[str, Field] = {**REQUEST, "done": CONDITIONS, "value": POINTERS}
STOP: Mapping[str, Field] = {**REQUEST, "do": _LINE, "done": CONDITIONS, "gone": CONDITIONS, "copies": COPIES}


class Listing(NamedTuple):
    """The request that lists keys, for each group of `over` where there is one."""

    request: RequestSpec
    rows: str
    page: Page | None
    over: RequestSpec | None
    over_rows: str
    over_id: str
    over_page: Page | None
    facts: Mapping[str, tuple[str, ...]]


class Look(NamedTuple):
    """The request that tells more about one key."""

    request: RequestSpec
    facts: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, str]


class Make(NamedTuple):
    """The request that makes a successor.

    `called` is its id where that is known beforehand, else `id` is where the answer tells it; where neither is, the
    list tells it by the mark in its title. `copies` go from the old key's record into the body.
    """

    request: RequestSpec
    done: tuple[Condition, ...]
    full: tuple[Condition, ...]
    value: tuple[str, ...]
    id: tuple[str, ...]
    called: str
    parts: Mapping[str, str]
    copies: Mapping[str, str]


class Fetch(NamedTuple):
    """The request that tells the value of a key, as often as one likes."""

    request: RequestSpec
    done: tuple[Condition, ...]
    value: tuple[str, ...]


class Stop(NamedTuple):
    """The request that ends a key: `stop` can be undone or is all there is, `remove` cannot; `drop` takes back a
    successor where another request does that."""

    do: str
    request: RequestSpec
    done: tuple[Condition, ...]
    gone: tuple[Condition, ...]
    copies: Mapping[str, str] = {}


class Turn(NamedTuple):
    """One way to rotate keys of a provider; without `make` it only lists them, for the reason `none`."""

    kind: str
    none: str
    rule: str
    key: str
    parts: Mapping[str, str]
    variables: Mapping[str, str]
    credential: str
    source: str
    verified: str
    note: str
    list: Listing | None
    look: Look | None
    make: Make | None
    fetch: Fetch | None
    stop: Stop | None
    remove: Stop | None
    drop: Stop | None

    @property
    def tells_use(self) -> bool:
        """Whether the provider says when a key was last used."""
        return any(each.facts["used"] for each in (self.list, self.look) if each)


def read_turns(file: ActionFile) -> tuple[Turn, ...]:
    """All [rotate] tables of a file, checked. RuleError names file, line and key."""
    turns = tuple(_turn(file, number, table) for number, table in enumerate(tables_of(file, TABLE)))
    if len({turn.kind for turn in turns}) != len(turns):
        raise file.source.error("kind: two [[rotate]] of the same name", TABLE)
    return turns


def _turn(file: ActionFile, number: int, table: Mapping[str, Any]) -> Turn:
    row = check_table(file.source, TABLE, number, table, HEAD)

    def wrong(problem: str, key: str = "") -> RuleError:
        return file.source.error(problem, TABLE, number, key)

    if bool(row["none"]) == bool(row["make"]):
        raise wrong("expected either [rotate.make], or `none` with the reason", "none")
    needed = ("rule", "key", "credential", "source") if row["make"] else ("source",) if row["list"] else ()
    for key in needed:
        if not row[key]:
            raise wrong(f"no {key!r} in [{TABLE}], expected one line")
    if row["rule"] and row["rule"] not in file.rules:
        raise wrong(f"rule: there is no rule {row['rule']!r} in this file", "rule")
    if needed and row["verified"] == dt.date.min:
        raise wrong(f"no 'verified' in [{TABLE}], expected a date without quotes, as 2026-11-22")
    if row["make"] and not (row["stop"] or row["remove"]):
        raise wrong("expected [rotate.stop] or [rotate.remove] beside [rotate.make]")
    turn = Turn(
        **{name: row[name] for name in ("kind", "none", "rule", "key", "parts", "variables", "credential", "source")},
        verified="" if row["verified"] == dt.date.min else row["verified"].isoformat(),
        note=row["note"],
        list=_listing(file, number, row["list"]),
        look=_look(file, number, row["look"]),
        make=_make(file, number, row["make"]),
        fetch=_fetch(file, number, row["fetch"]),
        stop=_stop(file, number, "stop", row["stop"]),
        remove=_stop(file, number, "remove", row["remove"]),
        drop=_stop(file, number, "drop", row["drop"]),
    )
    _check_names(wrong, turn)
    return turn


def _check_names(wrong: Any, turn: Turn) -> None:
    known = OWN_NAMES | set(turn.parts) | (set(turn.look.parts) if turn.look else set())
    for each in (turn.list, turn.look, turn.make, turn.fetch, turn.stop, turn.remove, turn.drop):
        for name in sorted(each.request.names if each else ()):
            if name not in known and name.partition(".")[0] != "credential":
                raise wrong(f"{{{name}}} is not known here, expected one of {', '.join(sorted(known))}")
    make = turn.make
    if make and not (make.called or make.id or (turn.list and "{mark}" in str(make.request.json))):
        raise wrong("the successor cannot be found: expected `id` or `called` in [rotate.make], or a list and {mark}")
    if make and not (make.value or turn.fetch):
        raise wrong("no `value` in [rotate.make] and no [rotate.fetch]")


def _listing(file: ActionFile, number: int, table: Mapping[str, Any]) -> Listing | None:
    if not table:
        return None
    row = check_table(file.source, f"{TABLE}.list", number, table, LIST)
    plain = {"query": {}, "form": {}, "json": {}, "body": "", "method": "GET"}
    over = {**row, **plain, "url": row["over_url"]} if row["over_url"] else None
    return Listing(
        read_request(file, f"{TABLE}.list", number, row),
        row["rows"],
        _page(row["page"]),
        read_request(file, f"{TABLE}.list", number, over) if over else None,
        row["over_rows"],
        row["over_id"],
        _page(row["over_page"]),
        {name: read_pointers(row[name]) for name in FACTS},
    )


def _page(value: Mapping[str, str]) -> Page | None:
    return Page(value["query"], value["from"], value.get("more", "")) if value else None


def _look(file: ActionFile, number: int, table: Mapping[str, Any]) -> Look | None:
    if not table:
        return None
    row = check_table(file.source, f"{TABLE}.look", number, table, LOOK)
    facts = {name: read_pointers(row[name]) for name in FACTS}
    return Look(read_request(file, f"{TABLE}.look", number, row), facts, row["parts"])


def _make(file: ActionFile, number: int, table: Mapping[str, Any]) -> Make | None:
    if not table:
        return None
    row = check_table(file.source, f"{TABLE}.make", number, table, MAKE)
    if not row["done"]:
        raise file.source.error("no 'done' in [rotate.make], expected conditions", f"{TABLE}.make", number)
    names_in(row["called"])
    return Make(
        read_request(file, f"{TABLE}.make", number, row),
        read_conditions(row["done"]),
        read_conditions(row["full"]),
        read_pointers(row["value"]),
        read_pointers(row["id"]),
        row["called"],
        row["parts"],
        row["copies"],
    )


def _fetch(file: ActionFile, number: int, table: Mapping[str, Any]) -> Fetch | None:
    if not table:
        return None
    row = check_table(file.source, f"{TABLE}.fetch", number, table, FETCH)
    request = read_request(file, f"{TABLE}.fetch", number, row)
    return Fetch(request, read_conditions(row["done"]), read_pointers(row["value"]))


def _stop(file: ActionFile, number: int, name: str, table: Mapping[str, Any]) -> Stop | None:
    if not table:
        return None
    row = check_table(file.source, f"{TABLE}.{name}", number, table, STOP)
    for key in ("do", "done"):
        if not row[key]:
            raise file.source.error(f"no {key!r} in [{TABLE}.{name}]", f"{TABLE}.{name}", number)
    request = read_request(file, f"{TABLE}.{name}", number, row)
    return Stop(row["do"], request, read_conditions(row["done"]), read_conditions(row["gone"]), row["copies"])

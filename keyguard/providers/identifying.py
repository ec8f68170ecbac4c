"""The [identify] tables of a provider file: from a leaked secret to the provider's own record of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.providers.actions import ActionFile, cover, tables_of
from keyguard.providers.answers import CONDITIONS, POINTER, POINTERS, Condition, read_conditions, read_pointers
from keyguard.providers.placeholders import names_in
from keyguard.providers.requests import REQUEST, RequestSpec, read_request
from keyguard.providers.schema import Field, check_table
from keyguard.providers.verifying import COMMON

TABLE = "identify"
# How a row of a list is known to be the secret's: its value, its SHA-256, or what is left of it after masking.
MATCHES = ("", "equal", "sha256", "hint", "prefix", "last4")
FACTS = ("id", "title", "owner", "account", "created", "used", "expires", "state")
_PAGE_KEYS = frozenset({"query", "from", "more"})


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and "\n" not in value


def _is_page(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and (not value or {"query", "from"} <= value.keys() <= _PAGE_KEYS)
        and all(isinstance(each, str) and each for each in value.values())
    )


_LINE = Field("a line of text", _is_line, "")
OWN: Mapping[str, Field] = {
    "credential": Field("a line that says which credential of the person's own is needed, and its scope", _is_line, ""),
    "found": CONDITIONS,
    "missing": CONDITIONS,
    "refused": CONDITIONS,
    "rows": POINTER,
    "match": POINTER,
    "matches": Field(f"one of {', '.join(MATCHES[1:])}", lambda value: isinstance(value, str) and value in MATCHES, ""),
    "page": Field('{ query = "after", from = "/last_id", more = "/has_more" }', _is_page, {}),
    "over_url": _LINE,
    "over_rows": POINTER,
    "over_id": POINTER,
    "over_page": Field('{ query = "after", from = "/last_id", more = "/has_more" }', _is_page, {}),
    "link": _LINE,
    **dict.fromkeys(FACTS, POINTERS),
}


class Page(NamedTuple):
    """The next page: the query parameter `query` is set to what stands at `source`, as long as `more` is true."""

    query: str
    source: str
    more: str


class Search(NamedTuple):
    """How the records of `rules` are found; `request` is None where that is not possible, for the reason `none`.

    With `match`, the answer is a list, or has one at `rows`; else it is the record. With `over`, that request lists
    groups (projects) first, and `request` is made for each, its id as `{over}`.
    """

    rules: tuple[str, ...]
    none: str
    note: str
    request: RequestSpec | None
    source: str = ""
    credential: str = ""
    found: tuple[Condition, ...] = ()
    missing: tuple[Condition, ...] = ()
    refused: tuple[Condition, ...] = ()
    rows: str = ""
    match: str = ""
    matches: str = ""
    page: Page | None = None
    over: RequestSpec | None = None
    over_rows: str = ""
    over_id: str = ""
    over_page: Page | None = None
    facts: Mapping[str, tuple[str, ...]] = {}
    link: str = ""


def read_searches(file: ActionFile) -> tuple[Search, ...]:
    """All [identify] tables of a file, checked. RuleError names file, line and key."""
    rows = [
        check_table(file.source, TABLE, number, table, {**COMMON, **REQUEST, **OWN})
        for number, table in enumerate(tables_of(file, TABLE))
    ]
    covered = cover(file, TABLE, [row["rules"] for row in rows])
    return tuple(_search(file, number, row, rules) for number, (row, rules) in enumerate(zip(rows, covered)))


def search_of(searches: tuple[Search, ...], rule: str) -> Search | None:
    """The search for one rule; None where the file says nothing about it."""
    return next((search for search in searches if rule in search.rules), None)


def _search(file: ActionFile, number: int, row: Mapping[str, Any], rules: tuple[str, ...]) -> Search:
    def wrong(problem: str, key: str = "") -> RuleError:
        return file.source.error(problem, TABLE, number, key)

    if bool(row["none"]) == bool(row["url"]):
        raise wrong("expected either `url`, or `none` with the reason", "url")
    if row["none"]:
        return Search(rules, row["none"], row["note"], None)
    for key in ("found", "id", "source"):
        if not row[key]:
            raise wrong(f"no {key!r} in [{TABLE}], expected beside `url`")
    if bool(row["match"]) != bool(row["matches"]) or (row["rows"] and not row["match"]):
        raise wrong("expected match and matches together, and rows only beside them", "rows")
    if bool(row["over_url"]) != bool(row["over_id"]) or (row["over_rows"] and not row["over_url"]):
        raise wrong("expected over_url and over_id together, and over_rows only beside them", "over_url")
    request = read_request(file, TABLE, number, row)
    needs_own = any(name.partition(".")[0] == "credential" for name in request.names)
    if (needs_own or request.signed_by == "credential") != bool(row["credential"]):
        raise wrong("expected `credential` just where the request holds one", "credential")
    return Search(
        rules,
        "",
        row["note"],
        request,
        row["source"],
        credential=row["credential"],
        found=read_conditions(row["found"]),
        missing=read_conditions(row["missing"]),
        refused=read_conditions(row["refused"]),
        rows=row["rows"],
        match=row["match"],
        matches=row["matches"],
        page=_page(row["page"]),
        over=_over(file, number, row),
        over_rows=row["over_rows"],
        over_id=row["over_id"],
        over_page=_page(row["over_page"]),
        facts={name: read_pointers(row[name]) for name in FACTS},
        link=_link(wrong, row["link"]),
    )


def _page(value: Mapping[str, str]) -> Page | None:
    return Page(value["query"], value["from"], value.get("more", "")) if value else None


def _over(file: ActionFile, number: int, row: Mapping[str, Any]) -> RequestSpec | None:
    """The request that lists the groups: the same headers and credential, another address."""
    if not row["over_url"]:
        return None
    return read_request(file, TABLE, number, {**row, "url": row["over_url"], "query": {}, "method": "GET"})


def _link(wrong: Any, link: str) -> str:
    if link and (not link.startswith("https://") or not names_in(link) <= {"id", "over"}):
        raise wrong("link: expected an https:// link with no other parts than {id} and {over}", "link")
    return link

"""The [usage] table of a provider file: requests that tell what was used and spent, and how to read their answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from keyguard.providers.actions import ActionFile, tables_of
from keyguard.providers.requests import REQUEST, RequestSpec, read_request
from keyguard.providers.schema import Field, check_table

TABLE = "usage"
READ = "usage.read"
SECONDS: Mapping[str, int] = {"1m": 60, "1h": 3600, "1d": 86400}
KINDS = ("buckets", "counter", "balance", "last-used")
BASES = ("billed", "priced", "balance", "detail", "count")
TIMES = ("unix", "unix-ms", "rfc3339", "date", "text", "day-number", "seconds")
SHAPES = ("rows", "columns", "table")
PAGING = ("", "cursor", "link", "offset", "body-cursor")
PERIODS = ("", "day", "month")
# What a field of a row can be. `start` is the time of the bucket; `batch` says that the batch price applies.
FIELDS = ("start", "key", "model", "project", "requests", "tokens", "money", "currency", "batch")
# What the price table can price.
METERS = (
    "input",
    "cached_input",
    "cache_write",
    "cache_write_long",
    "output",
    "audio_input",
    "audio_output",
    "characters",
    "seconds",
    "images",
    "calls",
)
# Parts of a request that the reader fills in itself; all others come from the account.
OWN_PARTS = frozenset({"start", "end", "width", "limit", "year", "month", "credential"})
_SPAN = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


def span_seconds(text: str) -> int:
    """Seconds of "5m", "48h" or "30d"; ValueError for anything else."""
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(f"expected a span such as 5m, 48h or 30d, not {text!r}")
    return int(match[1]) * _UNITS[match[2]]


def _is_span(value: Any) -> bool:
    return isinstance(value, str) and (value in ("", "0") or bool(_SPAN.fullmatch(value)))


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and "\n" not in value


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_line, value.values()))


def _is_widths(value: Any) -> bool:
    return _is_texts(value) and bool(value) and value.keys() <= SECONDS.keys()


def _is_paths(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_line, value))


def _is_fields(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() <= set(FIELDS)
        and all(_is_line(e) or _is_paths(e) for e in value.values())
    )


def _is_decimal(value: Any) -> bool:
    try:
        return isinstance(value, str) and (not value or Decimal(value) > 0)
    except InvalidOperation:
        return False


def _one_of(words: tuple[str, ...], default: str | None) -> Field:
    named = ", ".join(word or '""' for word in words)
    return Field(f"one of {named}", lambda value: isinstance(value, str) and value in words, default)


_SPAN_WORDS = "a span of time such as 5m, 48h or 30d"
HEAD: Mapping[str, Field] = {
    "credential": Field("a line that says which credential is needed", lambda value: _is_line(value) and bool(value)),
    "parts": Field("a table: what the account must name besides, each in words", _is_texts, {}),
    "note": Field("a line for people", _is_line, ""),
    "source": Field("where this was read; `unverified` among it where it was not", lambda v: _is_line(v) and bool(v)),
    "verified": Field(
        "a date without quotes, as 2026-11-21",
        lambda value: isinstance(value, dt.date) and not isinstance(value, dt.datetime),
    ),
    "read": Field("one or more tables [[usage.read]]", lambda value: isinstance(value, list) and bool(value)),
}
OWN: Mapping[str, Field] = {
    "id": Field("a name of small letters and digits", lambda v: isinstance(v, str) and bool(_NAME.fullmatch(v))),
    "kind": _one_of(KINDS, "buckets"),
    "basis": _one_of(BASES, None),
    "scope": Field("a line: what the credential must be allowed", _is_line, ""),
    "optional": Field("true or false", lambda value: isinstance(value, bool), False),
    "widths": Field("a table of 1m, 1h, 1d to the provider's words for them", _is_widths, {"1d": ""}),
    "limits": Field("a table of widths to the most buckets of a page", _is_texts, {}),
    "times": _one_of(TIMES, "rfc3339"),
    "end": _one_of(("exclusive", "inclusive"), "exclusive"),
    "window": Field(
        f"the most that one request may ask for: month, or {_SPAN_WORDS}", lambda v: v == "month" or _is_span(v), ""
    ),
    "back": Field(f"how far back the provider tells: {_SPAN_WORDS}", _is_span, ""),
    "lag": Field(f"how late figures come: {_SPAN_WORDS}", _is_span, "0"),
    "restate": Field(f"how long figures change afterwards: {_SPAN_WORDS}", _is_span, "2d"),
    "every": Field(f"not to be asked more often than: {_SPAN_WORDS}", _is_span, "0"),
    "cost": Field("what one request costs in US dollars, as a text", _is_decimal, ""),
    "shape": _one_of(SHAPES, "rows"),
    "rows": Field("a list of paths, each to a list within the one before", _is_paths, []),
    "columns": Field("where the names or times of the columns stand", _is_line, ""),
    "fields": Field("a table of " + ", ".join(FIELDS) + " to paths", _is_fields, {}),
    "meters": Field("a table of meters to paths", lambda v: _is_texts(v) and v.keys() <= set(METERS), {}),
    "within": Field(
        "a table of meters to the meter they are a part of",
        lambda v: _is_texts(v) and {*v, *v.values()} <= set(METERS),
        {},
    ),
    "when": _one_of(TIMES, "rfc3339"),
    "scale": Field("what one unit of the money is, as a text: 0.01 for cents", _is_decimal, "1"),
    "currency": Field("an ISO 4217 code", lambda v: isinstance(v, str) and bool(re.fullmatch("[A-Z]{3}|", v)), ""),
    "credits": Field("true where amounts may be less than 0", lambda value: isinstance(value, bool), False),
    "unit": Field("what `tokens` counts", _is_line, "tokens"),
    "period": _one_of(PERIODS, ""),
    "paging": _one_of(PAGING, ""),
    "page_from": Field("where the next page's name stands", _is_line, ""),
    "page_to": Field("the parameter that names the page", _is_line, ""),
    "page_more": Field("where it says whether there are more", _is_line, ""),
    "cut": Field("where it says that rows were left out", _is_line, ""),
}


class UsageRead(NamedTuple):
    """One request and the meaning of its answer; see docs/audit.md. Spans are seconds, 0 where none is known.

    `window` is -1 for calendar months. `widths` are granularities in seconds with the provider's words for them.
    """

    id: str
    request: RequestSpec
    kind: str
    basis: str
    scope: str
    optional: bool
    widths: Mapping[int, str]
    limits: Mapping[int, str]
    times: str
    end: str
    window: int
    back: int
    lag: int
    restate: int
    every: int
    cost: Decimal
    shape: str
    rows: tuple[str, ...]
    columns: str
    fields: Mapping[str, tuple[str, ...]]
    meters: Mapping[str, str]
    within: Mapping[str, str]
    when: str
    scale: Decimal
    currency: str
    credits: bool
    unit: str
    period: str
    paging: str
    page_from: str
    page_to: str
    page_more: str
    cut: str

    def granularity(self, wanted: int) -> int:
        """The width nearest to `wanted` seconds: the widest that is not wider, else the narrowest there is."""
        return max((width for width in self.widths if width <= wanted), default=min(self.widths))


class Usage(NamedTuple):
    """What one provider tells about use. `parts` are what an account must name, with what each is."""

    provider: str
    name: str
    hosts: tuple[str, ...]
    credential: str
    parts: Mapping[str, str]
    note: str
    source: str
    verified: str
    reads: tuple[UsageRead, ...]


def read_usage(file: ActionFile) -> Usage | None:
    """The [usage] of a file, checked; None where it has none. RuleError names file, line and key."""
    tables = tables_of(file, TABLE)
    if not tables:
        return None
    if len(tables) > 1:
        raise file.source.error("[[usage]], expected one [usage] with [[usage.read]] below it", TABLE)
    head = check_table(file.source, TABLE, 0, tables[0], HEAD)
    if not all(isinstance(each, dict) for each in head["read"]):
        raise file.source.error("read, expected one or more tables [[usage.read]]", TABLE, 0, "read")
    reads = tuple(_read(file, number, table, head["parts"]) for number, table in enumerate(head["read"]))
    names = [read.id for read in reads]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise file.source.error(f"id = {name!r} is used twice", READ, number, "id")
    verified = head["verified"].isoformat()
    return Usage(
        file.provider,
        file.name,
        file.hosts,
        head["credential"],
        head["parts"],
        head["note"],
        head["source"],
        verified,
        reads,
    )


def _read(file: ActionFile, number: int, table: Mapping[str, Any], parts: Mapping[str, str]) -> UsageRead:
    values = check_table(file.source, READ, number, table, {**REQUEST, **OWN})
    request = read_request(file, READ, number, values)
    _check_parts(file, number, request, parts)
    _check_sense(file, number, values)
    widths = {SECONDS[width]: word for width, word in values["widths"].items()}
    limits = {SECONDS[width]: limit for width, limit in values["limits"].items() if width in SECONDS}
    spans = {
        key: span_seconds(values[key]) if values[key] not in ("", "0") else 0
        for key in ("back", "lag", "restate", "every")
    }
    window = -1 if values["window"] == "month" else span_seconds(values["window"]) if values["window"] else 0
    own = {key: values[key] for key in OWN}
    own |= {
        **spans,
        "window": window,
        "widths": widths,
        "limits": limits,
        "cost": Decimal(values["cost"] or "0"),
        "scale": Decimal(values["scale"]),
        "rows": tuple(values["rows"]),
        "fields": {key: (each,) if isinstance(each, str) else tuple(each) for key, each in values["fields"].items()},
    }
    return UsageRead(request=request, **own)


def _check_parts(file: ActionFile, number: int, request: RequestSpec, parts: Mapping[str, str]) -> None:
    known = {*OWN_PARTS, *parts}
    for name in sorted(request.names):
        if name not in known and not name.startswith("credential."):
            raise file.source.error(
                f"{{{name}}} is not known, expected one of {', '.join(sorted(known))}", READ, number
            )
    if "secret" in request.names:
        raise file.source.error("{secret}, expected {credential}: a found secret never asks for use", READ, number)


def _check_sense(file: ActionFile, number: int, values: Mapping[str, Any]) -> None:
    """What one key says must not contradict another."""
    fields = values["fields"]
    if values["kind"] == "buckets" and values["shape"] == "rows" and "start" not in fields:
        raise file.source.error("no `start` among fields, expected where buckets are read", READ, number, "fields")
    if values["kind"] in ("counter", "balance") and "money" not in fields:
        raise file.source.error("no `money` among fields, expected for a counter or balance", READ, number, "fields")
    if values["basis"] == "priced" and not values["meters"]:
        raise file.source.error("no meters, expected where basis is priced", READ, number, "basis")
    if "money" in fields and not values["currency"] and "currency" not in fields:
        raise file.source.error("no currency, expected beside money, or among fields", READ, number, "fields")
    if bool(values["paging"]) != bool(values["page_from"] or values["paging"] == "offset"):
        raise file.source.error("expected both paging and page_from, or neither", READ, number, "paging")

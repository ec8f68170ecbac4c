"""Lists the keys of an account as the provider tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.model import Secret
from keyguard.providers.answers import Reading, first, read_answer
from keyguard.respond.asking import ask
from keyguard.respond.judging import moment_text, plain_text

if TYPE_CHECKING:
    from keyguard.http import Client, Settings
    from keyguard.providers.identifying import Page
    from keyguard.providers.requests import RequestSpec, Values
    from keyguard.providers.rotating import Listing

_MOST_PAGES = 200
_TIMES = frozenset({"created", "used", "expires"})
_NOBODY = Secret(b"")
_REFUSED = (401, 403)
_OK = 200
# "true" is what a field `disabled` says.
_OFF = frozenset({"inactive", "disabled", "true", "revoked", "archived", "expired"})


class RefusedError(KeyguardError):
    """The provider did not do what was asked. `status` is its answer's."""

    def __init__(self, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status

    @property
    def is_certain(self) -> bool:
        """Whether nothing was done: a 5xx, or an answer that cannot be read, says nothing of that."""
        return 400 <= self.status < 500


class KeyRecord(NamedTuple):
    """One key as its provider lists it; empty is what was not told. Times are ISO 8601 where they could be read.

    `row` is the record as it came: settings are copied from it to a successor.
    """

    id: str
    title: str = ""
    owner: str = ""
    created: str = ""
    used: str = ""
    expires: str = ""
    state: str = ""
    scope: str = ""
    over: str = ""
    row: Any = None

    @property
    def is_off(self) -> bool:
        """Whether it opens nothing now."""
        return self.state.lower() in _OFF


def list_keys(client: Client, listing: Listing, values: Values, settings: Settings) -> Iterator[KeyRecord]:
    """All keys, group by group. RefusedError where the credential is not accepted."""
    for over in _groups(client, listing, values, settings):
        inner = {**values, "over": over} if over else values
        for reading in _pages(client, listing.request, listing.page, inner, settings):
            for row in rows_at(reading, listing.rows):
                record = read_record(row, listing.facts, over)
                if record.id:
                    yield record


def read_record(row: Reading, facts: Mapping[str, tuple[str, ...]], over: str = "") -> KeyRecord:
    """The facts of one row. An id with slashes is a resource name: its last piece is what counts."""
    told = {name: first(row, pointers) for name, pointers in facts.items()}
    texts = {name: moment_text(value, _NOBODY) if name in _TIMES else _text(value) for name, value in told.items()}
    texts["id"] = texts["id"].rpartition("/")[2]
    if texts["used"].lower() in ("n/a", "never"):
        texts["used"] = ""
    return KeyRecord(**texts, over=over, row=row.tree)


def rows_at(reading: Reading, pointer: str) -> list[Reading]:
    """The rows of a list. XML does not tell one row from a list of one, nor none from an empty text."""
    found = first(reading, (pointer,)) if pointer else reading.tree
    rows = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
    return [reading._replace(tree=row) for row in rows]


def reading_of(client: Client, spec: RequestSpec, values: Values, settings: Settings) -> Reading:
    """The answer to a request that only reads; RefusedError for any but 200."""
    answer = ask(client, spec, values, settings.clock.now, repeatable=True)
    if answer.status in _REFUSED:
        raise RefusedError(
            f"{spec.host}: answered {answer.status}: the credential is not accepted, or lacks the scope to list keys",
            status=answer.status,
        )
    if answer.status != _OK:
        raise RefusedError(f"{spec.host}: answered {answer.status} where a list was expected", status=answer.status)
    return read_answer(answer)


def moment(text: str) -> float | None:
    """A time as a provider tells it, as Unix time; a day alone counts to its end. None where it is none."""
    if not text:
        return None
    try:
        when = dt.datetime.fromisoformat(text.replace("Z", "+00:00").replace(" UTC", "+00:00"))
    except ValueError:
        return None
    if len(text) == len("2026-11-22"):
        when += dt.timedelta(days=1)
    return (when if when.tzinfo else when.replace(tzinfo=dt.timezone.utc)).timestamp()


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(plain_text(each, _NOBODY) for each in value)
    return plain_text(value, _NOBODY)


def _groups(client: Client, listing: Listing, values: Values, settings: Settings) -> Iterator[str]:
    if listing.over is None or "over" in values:
        yield str(values.get("over", ""))
        return
    for reading in _pages(client, listing.over, listing.over_page, values, settings):
        for row in rows_at(reading, listing.over_rows):
            found = first(row, (listing.over_id,))
            if found is not None:
                yield str(found)


def _pages(
    client: Client, spec: RequestSpec, page: Page | None, values: Values, settings: Settings
) -> Iterator[Reading]:
    seen: set[str] = set()
    query: dict[str, str] = {}
    while True:
        reading = reading_of(client, spec._replace(query={**spec.query, **query}), values, settings)
        yield reading
        if page is None or (page.more and first(reading, (page.more,)) not in (True, "true")):
            return
        mark = first(reading, (page.source,))
        if mark is None or str(mark) in seen or len(seen) >= _MOST_PAGES:
            return
        seen.add(str(mark))
        query = {page.query: str(mark).replace("{", "{{").replace("}", "}}")}

"""Finds the provider's own record of a leaked secret, so that the right key is stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.http import Answer, Client
from keyguard.providers.actions import find_file
from keyguard.providers.answers import Reading, first, holds, read_answer
from keyguard.providers.identifying import read_searches, search_of
from keyguard.providers.placeholders import fill_text
from keyguard.providers.requests import MissingPartError
from keyguard.respond.asking import ask
from keyguard.respond.hints import fits
from keyguard.respond.judging import moment_text, plain_text
from keyguard.respond.listing import rows_at
from keyguard.respond.material import material

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.http import Settings
    from keyguard.model import Finding, Secret
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.identifying import Page, Search
    from keyguard.providers.requests import RequestSpec, Values

_MOST_PAGES = 200
_TIMES = frozenset({"created", "used", "expires"})


class Record(NamedTuple):
    """What the provider knows of one key. `over` is the id of the group (project) it is in, empty where there is none.

    Empty fields were not told. `link` leads a person to the record.
    """

    provider: str
    id: str
    over: str = ""
    title: str = ""
    owner: str = ""
    account: str = ""
    created: str = ""
    used: str = ""
    expires: str = ""
    state: str = ""
    link: str = ""


class Sight(NamedTuple):
    """A record, and the provider's own words for it."""

    record: Record
    row: Any


class IdentifyError(KeyguardError):
    """No record, or not one alone. `records` are those that fit where there are several."""

    def __init__(self, message: str, hint: str = "", records: tuple[Record, ...] = ()) -> None:
        super().__init__(message, hint)
        self.records = records


class Hunt(NamedTuple):
    """One search under way."""

    file: ActionFile
    search: Search
    client: Client
    values: Values
    settings: Settings
    secret: Secret


def search_for(finding: Finding, trusted: Sequence[Path] = ()) -> tuple[ActionFile, Search]:
    """The provider file and the search that are for a finding; IdentifyError with the reason where there is none."""
    file = find_file(finding.provider, trusted)
    search = search_of(read_searches(file), finding.rule) if file else None
    if file is None or search is None:
        raise IdentifyError(f"{finding.rule}: no provider file that is trusted says how to identify it")
    if search.request is None:
        raise IdentifyError(f"{finding.rule}: cannot be identified: {search.none}")
    return file, search


def identify(
    finding: Finding, credential: Mapping[str, Secret], settings: Settings, trusted: Sequence[Path] = ()
) -> Record:
    """The one record of the finding's secret, as `look_up` finds it."""
    return look_up(finding, credential, settings, trusted).record


def look_up(
    finding: Finding, credential: Mapping[str, Secret], settings: Settings, trusted: Sequence[Path] = ()
) -> Sight:
    """The one record of the finding's secret, with what the provider says of it.

    `credential` are values as `credential` or `credential.<part>`. IdentifyError where none fits, several do, the
    credential is missing or refused; HttpError where the provider cannot be asked.
    """
    file, search = search_for(finding, trusted)
    if search.credential and not credential:
        raise IdentifyError(
            f"{finding.rule}: identifying needs {search.credential}",
            f'--credential env:NAME, or in the settings: [credentials] {file.provider} = "env:NAME"',
        )
    if not finding.secret.reveal():
        raise IdentifyError(f"{finding.rule}: the secret is not at its place any more", "scan again")
    values = {**material(finding.secret, finding.parts), **credential}
    client = Client(settings, file.hosts)
    try:
        found = list(_records(Hunt(file, search, client, values, settings, finding.secret)))
    except MissingPartError as error:
        raise IdentifyError(f"{finding.rule}: {error}, and identifying needs it") from None
    finally:
        client.close()
    return _only(found, finding)


def _only(found: list[Sight], finding: Finding) -> Sight:
    distinct = tuple(dict.fromkeys(each.record for each in found))
    if len(distinct) > 1:
        raise IdentifyError(
            f"{finding.rule} {finding.secret.masked}: {len(distinct)} keys look like it, none is chosen",
            "compare names, owners and dates; then act on the right one by its id",
            distinct,
        )
    if not distinct:
        raise IdentifyError(
            f"{finding.rule} {finding.secret.masked}: the provider has no record that fits",
            "it may be of another account or organization, or deleted already",
        )
    return found[0]


def _records(hunt: Hunt) -> Iterator[Sight]:
    for over in _groups(hunt):
        inner = hunt._replace(values={**hunt.values, "over": over})
        for reading in _pages(inner, inner.search.request, inner.search.page):
            for row in _rows(inner.search, reading, hunt.secret):
                yield Sight(_record(inner, row, over), row.tree)


def _groups(hunt: Hunt) -> Iterator[str]:
    if hunt.search.over is None:
        yield ""
        return
    for reading in _pages(hunt, hunt.search.over, hunt.search.over_page):
        for row in rows_at(reading, hunt.search.over_rows):
            found = first(row, (hunt.search.over_id,))
            if found is not None:
                yield str(found)


def _pages(hunt: Hunt, spec: RequestSpec | None, page: Page | None) -> Iterator[Reading]:
    seen: set[str] = set()
    query: dict[str, str] = {}
    while spec is not None:
        answer = ask(
            hunt.client,
            spec._replace(query={**spec.query, **query}),
            hunt.values,
            hunt.settings.clock.now,
            repeatable=True,
        )
        reading = _accepted(hunt, spec, answer)
        if reading is None:
            return
        yield reading
        if page is None or (page.more and first(reading, (page.more,)) is not True):
            return
        mark = first(reading, (page.source,))
        if mark is None or str(mark) in seen or len(seen) >= _MOST_PAGES:
            return
        seen.add(str(mark))
        query = {page.query: str(mark).replace("{", "{{").replace("}", "}}")}


def _accepted(hunt: Hunt, spec: RequestSpec, answer: Answer) -> Reading | None:
    """The answer where it is what was hoped for, None where it says that there is no such key."""
    reading = read_answer(answer)
    search = hunt.search
    for plain in (False, True):
        if any(each.is_plain == plain and holds(each, reading) for each in search.missing):
            return None
        if any(each.is_plain == plain and holds(each, reading) for each in search.refused):
            whose = f"the credential ({search.credential})" if search.credential else "the secret itself"
            raise IdentifyError(
                f"{spec.host}: answered {answer.status}: {whose} is not accepted or lacks the scope for it"
            )
        if any(each.is_plain == plain and holds(each, reading) for each in search.found):
            if not isinstance(reading.tree, (dict, list)):
                raise IdentifyError(f"{spec.host}: answered {answer.status} with what is no data")
            return reading
    raise IdentifyError(f"{spec.host}: answered {answer.status}, which is not known to mean anything here")


def _rows(search: Search, reading: Reading, secret: Secret) -> Iterator[Reading]:
    if not search.match:
        yield reading
        return
    for row in rows_at(reading, search.rows):
        shown = first(row, (search.match,))
        if isinstance(shown, str) and fits(search.matches, shown, secret.reveal()):
            yield row


def _record(hunt: Hunt, row: Reading, over: str) -> Record:
    facts: dict[str, Any] = {
        name: (moment_text if name in _TIMES else plain_text)(first(row, pointers), hunt.secret)
        for name, pointers in hunt.search.facts.items()
    }
    facts["state"] = _state_text(row, hunt.search.facts["state"]) or facts["state"]
    if not facts["id"]:
        raise IdentifyError(f"{hunt.file.name}: the record has no id where one was expected")
    parts = {"id": facts["id"], "over": over}
    return Record(hunt.file.provider, over=over, link=fill_text(hunt.search.link, parts.__getitem__), **facts)


def _state_text(row: Reading, pointers: Sequence[str]) -> str:
    """A switch by its name, as "disabled: yes"; empty where the state is no switch."""
    for pointer in pointers:
        value = first(row, (pointer,))
        if isinstance(value, bool):
            return f"{pointer.rpartition('/')[2].removeprefix('is_')}: {'yes' if value else 'no'}"
    return ""

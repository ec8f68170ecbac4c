"""Reads accounts: asks for what is new, missing or may have changed, and puts it in the place of what was known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.audit.asking import ask
from keyguard.audit.counting import read_counter
from keyguard.audit.failure import AnswerError, AuditError, ScopeError
from keyguard.audit.gathering import Bucket, Gathering, complete_until, say_unpriced
from keyguard.audit.lastused import read_last_used
from keyguard.audit.results import AccountResult, SourceResult
from keyguard.audit.rows import read_rows
from keyguard.audit.times import ceiling, floor, missing, pieces, say
from keyguard.errors import KeyguardError, StateError
from keyguard.model.usage import DAY, Span
from keyguard.providers.usage import OWN_PARTS
from keyguard.state.usage import Outcome, Place, coverage, keep_outcome, outcomes, replace_points

if TYPE_CHECKING:
    from keyguard.audit.accounts import Account
    from keyguard.audit.prices import PriceTable
    from keyguard.http import Client
    from keyguard.model import Secret
    from keyguard.providers.usage import Usage, UsageRead
    from keyguard.state.database import Database


class Reader(NamedTuple):
    """What reading needs. `open_client` takes the hosts that may be asked; `now` gives Unix seconds."""

    state: Database
    prices: PriceTable
    open_client: Callable[[tuple[str, ...]], Client]
    secrets: Callable[[Account], Mapping[str, Secret]]
    now: Callable[[], float]


class Task(NamedTuple):
    """One read of one account."""

    reader: Reader
    account: Account
    read: UsageRead
    client: Client
    values: Mapping[str, Secret | str]
    now: int

    @property
    def place(self) -> Place:
        return Place(self.account.provider, self.account.name, self.read.id)


def read_accounts(
    accounts: Iterable[Account], usage_of: Callable[[str], Usage | None], reader: Reader
) -> Iterator[AccountResult]:
    """Read each account, whatever happens to the others. Only the state file's own failures (StateError) end all."""
    for account in accounts:
        usage = usage_of(account.provider)
        if usage is None:
            yield AccountResult(account.provider, account.name, (), f"{account.provider} tells nothing about use")
            continue
        yield read_account(account, usage, reader)


def read_account(account: Account, usage: Usage, reader: Reader) -> AccountResult:
    """Read all sources of one account; what cannot be read is told in the result, and what was known stays."""
    try:
        values = prepare(account, usage, reader)
    except StateError:
        raise
    except KeyguardError as error:
        _remember(reader, account, "", str(error))
        return AccountResult(account.provider, account.name, (), str(error), error.hint)
    results: list[SourceResult] = []
    with closing(reader.open_client(usage.hosts)) as client:
        for read in chosen_reads(account, usage):
            result = _attempt(Task(reader, account, read, client, values, int(reader.now())))
            results.append(result)
            if result.refused and not read.optional:
                break  # a credential that is refused here is refused everywhere
    _remember(reader, account, "", "; ".join(result.problem for result in results if result.problem))
    return AccountResult(account.provider, account.name, tuple(results))


def prepare(account: Account, usage: Usage, reader: Reader) -> dict[str, Secret | str]:
    """All parts that requests can name. KeyguardError where a part or credential is missing."""
    needed = {name for read in chosen_reads(account, usage) if not read.optional for name in read.request.names}
    for part, what in usage.parts.items():
        if part in needed and part not in account.parts:
            raise AuditError(f"no {part!r}, expected {what}", f'[[audit.account]] of {account.title}: {part} = "…"')
    return {**account.parts, **reader.secrets(account)}


def chosen_reads(account: Account, usage: Usage) -> list[UsageRead]:
    """The reads that the account wants: those it names, else all."""
    return [read for read in usage.reads if not account.sources or read.id in account.sources]


def due(read: UsageRead, granularity: int, days: int, known: Iterable[Span], now: int) -> Span:
    """What is to be asked for: from the first gap in the last `days`, or from where figures may still change, to now.

    Whole days (UTC), so that a change of granularity replaces whole buckets.
    """
    horizon = floor(now - days * DAY, DAY)
    if read.back:
        horizon = max(horizon, ceiling(now - read.back, DAY))
    settled = max(horizon, floor(now - read.lag - read.restate, DAY))
    gaps = missing(Span(horizon, settled), known) if settled > horizon else ()
    return Span(gaps[0].start if gaps else settled, ceiling(now + 1, granularity))


def _attempt(task: Task) -> SourceResult:
    """One source: its result, or why there is none."""
    read = task.read
    waiting = _lacking(task) or _waiting(task)
    if waiting:
        return SourceResult(read.id, notes=(waiting,))
    try:
        result = _READERS[read.kind](task)
    except StateError:
        raise
    except ScopeError as error:
        if read.optional:
            return SourceResult(read.id, notes=(f"skipped: {error}",))
        result = SourceResult(read.id, problem=str(error), hint=error.hint)
    except KeyguardError as error:
        result = SourceResult(read.id, problem=str(error), hint=error.hint, refused="(401)" in str(error))
    _remember(task.reader, task.account, read.id, result.problem)
    return result


def _lacking(task: Task) -> str:
    """Which part an optional source lacks; prepare() has seen to all others."""
    missing_parts = sorted(task.read.request.names - OWN_PARTS - task.values.keys())
    lacking = [part for part in missing_parts if not part.startswith("credential.")]
    return f"{task.read.id}: not asked: no {lacking[0]!r} in [[audit.account]]" if lacking else ""


def _waiting(task: Task) -> str:
    """Why a source is not asked again yet: some cost money for each request."""
    read = task.read
    if not read.every:
        return ""
    for outcome in outcomes(task.reader.state):
        if outcome[:3] == task.place and not outcome.problem and outcome.read_at + read.every > task.now:
            return f"{read.id}: not asked again before {say(outcome.read_at + read.every)}"
    return ""


def _read_buckets(task: Task) -> SourceResult:
    read, account = task.read, task.account
    granularity = read.granularity(account.granularity)
    known = coverage(task.reader.state, task.place, granularity)
    span = due(read, granularity, account.days, known, task.now)
    total = SourceResult(read.id, span=span)
    for piece in pieces(span, read.window):
        total = total.plus(_read_piece(task, piece, granularity))
    return total


def _read_piece(task: Task, piece: Span, granularity: int) -> SourceResult:
    """Ask for one stretch and keep it; in halves where the provider leaves rows out."""
    read, now = task.read, task.now
    gathering = Gathering(Bucket(task.account, read, granularity, piece, now), task.reader.prices)
    requests, cut = 0, False
    for page in ask(task.client, read, task.values, piece, granularity):
        requests += 1
        cut = cut or page.cut
        gathering.take(read_rows(page.tree, read))
    if cut:
        middle = floor((piece.start + piece.end) // 2, granularity)
        if middle <= piece.start:
            raise AnswerError(f"{read.id}: the provider leaves rows out, even of a single bucket")
        first = _read_piece(task, Span(piece.start, middle), granularity)
        return first.plus(_read_piece(task, Span(middle, piece.end), granularity))
    settled = complete_until(read, granularity, now)
    _, written = replace_points(task.reader.state, task.place, granularity, piece, gathering.series(), settled)
    result = SourceResult(read.id, points=written, requests=requests, span=piece)
    return result.plus(remarks(task.account, read, gathering))


def remarks(account: Account, read: UsageRead, gathering: Gathering) -> SourceResult:
    """What a person should know of the figures."""
    notes = [f"{read.id}: {say_unpriced(gathering.unpriced)}"] if gathering.unpriced else []
    problems: list[str] = []
    if gathering.negative:
        said = f"{read.id}: amounts below 0, as {gathering.negative[0]}"
        (notes if read.credits else problems).append(said)
    problems += wrong_currency(account, gathering.currencies)
    return SourceResult(read.id, notes=tuple(notes), problem="; ".join(problems))


def wrong_currency(account: Account, currencies: Iterable[str]) -> list[str]:
    """Limits in one currency say nothing about figures in another."""
    limited = {each.unit for each in (*account.limits, *account.key_limits) if each.unit != "requests"}
    strange = sorted(currency for currency in currencies if currency and limited and currency not in limited)
    return [f"limits are in {', '.join(sorted(limited))}, but figures come in {each}" for each in strange]


_READERS: Final[Mapping[str, Callable[[Task], SourceResult]]] = {
    "buckets": _read_buckets,
    "counter": read_counter,
    "balance": read_counter,
    "last-used": read_last_used,
}


def _remember(reader: Reader, account: Account, source: str, problem: str) -> None:
    keep_outcome(reader.state, Outcome(account.provider, account.name, source, int(reader.now()), problem))

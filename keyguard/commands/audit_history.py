"""`keyguard audit history`: what was read so far."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from keyguard.audit.times import floor, missing, moment, month_start, say
from keyguard.commands.audit_wiring import moment_of, usage_state
from keyguard.commands.options import debug
from keyguard.model.usage import DAY, Span, UsagePoint, UsageSeries

if TYPE_CHECKING:
    from keyguard.state.database import Database
    from keyguard.state.usage import Choice

COLUMNS: Final = (
    "start",
    "provider",
    "account",
    "key",
    "model",
    "project",
    "source",
    "basis",
    "granularity",
    "requests",
    "tokens",
    "unit",
    "money",
    "currency",
    "complete",
    "read_at",
)


HEADER: Final = ("start", "account", "key", "model", "source", "requests", "tokens", "money", "")


class Line(NamedTuple):
    """One line of the answer; the names are those of the columns."""

    start: str
    provider: str
    account: str
    key: str
    model: str
    project: str
    source: str
    basis: str
    granularity: int
    requests: int | None
    tokens: int | None
    unit: str
    money: str | None
    currency: str
    complete: bool
    read_at: str


@click.command("history")
@click.option("--account", metavar="PROVIDER[/NAME]", help="Only this account.")
@click.option("--key", help="Only this key, as its provider calls it.")
@click.option("--source", help="Only this source, as docs/audit.md calls it.")
@click.option("--since", callback=moment_of, metavar="TIME", help="From 12h or 7d ago, or from 2026-11-21 on.")
@click.option("--until", callback=moment_of, metavar="TIME", help="Before that time.")
@click.option(
    "--by", type=click.Choice(["bucket", "day", "month", "all"]), help="Add up; a table is by day unless set."
)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@debug
def command(
    account: str | None,
    key: str | None,
    source: str | None,
    since: int | None,
    until: int | None,
    by: str | None,
    form: str,
) -> int:
    """Show what was used and spent, as far as it was read.

    Several sources can tell of the same money (column basis): add up one of them only.
    """
    from keyguard.state.usage import Choice, series

    provider, _, name = (account or "").partition("/")
    choice = Choice(provider or None, name or None, key, source, None, since, until)
    with usage_state() as state:
        lines = _lines(series(state, choice), by or ("day" if form == "table" else "bucket"))
        {"csv": _as_csv, "json": _as_json, "table": _as_table}[form](lines)
        for gap in _gaps(state, choice):
            click.echo(gap, err=True)
    return 0


def _lines(found: Iterable[UsageSeries], by: str) -> Iterator[Line]:
    """Points, added up exactly where that is asked for."""
    for each in found:
        buckets: dict[int, list[UsagePoint]] = {}
        for point in each.points:
            buckets.setdefault(_bucket(point.start, by), []).append(point)
        for start, points in buckets.items():
            name = each.name
            yield Line(
                f"{moment(start):%Y-%m-%dT%H:%M:%SZ}" if by != "all" else "",
                name.provider,
                name.account,
                name.key,
                name.model,
                name.project,
                name.source,
                name.basis,
                {"day": DAY, "month": 0, "all": 0}.get(by, name.granularity),
                _count(point.requests for point in points),
                _count(point.tokens for point in points),
                name.unit,
                _money(point.money for point in points),
                name.currency,
                all(point.complete for point in points),
                f"{moment(max(point.read_at for point in points)):%Y-%m-%dT%H:%M:%SZ}",
            )


def _bucket(start: int, by: str) -> int:
    return {"day": floor(start, DAY), "month": month_start(start), "all": 0}.get(by, start)


def _count(values: Iterable[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def _money(values: Iterable[Decimal | None]) -> str | None:
    """The sum, without an exponent and without zeros that say nothing."""
    told = [value for value in values if value is not None]
    if not told:
        return None
    text = f"{sum(told, Decimal(0)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _as_csv(lines: Iterable[Line]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        cells = line._replace(complete="yes" if line.complete else "no")  # type: ignore[arg-type]  # as text
        writer.writerow("" if cell is None else _harmless(cell) for cell in cells)


def _harmless(cell: object) -> object:
    """Spreadsheets run texts that begin like a formula; a key's name is written by others."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "@", "\t") else cell


def _as_json(lines: Iterable[Line]) -> None:
    click.echo("[", nl=False)
    comma = "\n "
    for line in lines:
        click.echo(comma + json.dumps(line._asdict(), ensure_ascii=False), nl=False)
        comma = ",\n "
    click.echo("\n]")


def _as_table(lines: Iterable[Line]) -> None:
    rows = [HEADER, *map(_cells, sorted(lines, key=lambda line: line[:7]))]
    if len(rows) == 1:
        click.echo("nothing was read yet; `keyguard audit read` does", err=True)
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (
            cell.rjust(width) if column in (5, 6, 7) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        )
        click.echo("  ".join(cells).rstrip())


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.start.removesuffix("T00:00:00Z") or "all",
        f"{line.provider}/{line.account}",
        line.key or "-",
        line.model or "-",
        line.source,
        _number(line.requests),
        _number(line.tokens),
        f"{line.money} {line.currency}" if line.money is not None else "-",
        "" if line.complete else "not final",
    )


def _number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _gaps(state: Database, choice: Choice) -> Iterator[str]:
    """Stretches between what was read, and problems of the last read: what is not shown is not 0."""
    from keyguard.state.usage import Place, coverage, outcomes, sources

    for outcome in outcomes(state):
        if not _is_chosen(choice, outcome.provider, outcome.account):
            continue
        if outcome.problem and not outcome.source:
            yield f"{outcome.provider}/{outcome.account}  not read at {say(outcome.read_at)}: {outcome.problem}"
        if outcome.source:
            continue
        for source, granularity in sources(state, outcome.provider, outcome.account):
            spans = coverage(state, Place(outcome.provider, outcome.account, source), granularity)
            for gap in missing(Span(spans[0].start, spans[-1].end), spans):
                since, until = say(gap.start), say(gap.end)
                yield f"{outcome.provider}/{outcome.account}  {source}: nothing is known from {since} to {until}"


def _is_chosen(choice: Choice, provider: str, account: str) -> bool:
    return choice.provider in (None, provider) and choice.account in (None, account)

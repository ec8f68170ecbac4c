"""`keyguard audit report`: spending over time, what was normal, what was not, and where the month will end."""

from __future__ import annotations

import shutil
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from keyguard.commands.audit_wiring import audit_state, config_option, moment_of, open_config
from keyguard.commands.options import debug
from keyguard.commands.output import STDOUT, Destination, check, colored, format_of, write_file, write_stdout
from keyguard.errors import ConfigError, KeyguardError
from keyguard.model.usage import DAY, HOUR, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from keyguard.audit.accounts import Account
    from keyguard.audit.report.survey import Known, Wish
    from keyguard.commands.config import Config
    from keyguard.model.usage_report import UsageReport
    from keyguard.state.database import Database

FORMATS: Final = ("text", "html", "json", "png")
_WIDTHS: Final = {"hour": HOUR, "day": DAY}
# With an hour to spare: `7d` is reckoned from a moment ago.
_SHORT: Final = 3 * DAY + HOUR  # spans up to this are shown by the hour unless set
_MOST: Final = {HOUR: 14 * DAY + HOUR, DAY: 1000 * DAY + HOUR}


@click.command("report")
@click.option("--account", "accounts", multiple=True, metavar="PROVIDER[/NAME]", help="Only this account; repeatable.")
@click.option(
    "--since", callback=moment_of, metavar="TIME", show_default="30d", help="From 12h or 7d ago, or from 2026-11-21 on."
)
@click.option("--until", callback=moment_of, metavar="TIME", help="Before that time.")
@click.option("--by", type=click.Choice(list(_WIDTHS)), help="Buckets; by the hour up to 3 days, else by the day.")
@click.option(
    "--group", type=click.Choice(["key", "model", "project"]), default="key", show_default=True, help="Told apart by."
)
@click.option("--top", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many of each.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Unless set, as --output is called, else text.")
@click.option("--output", "-o", metavar="FILE", default=STDOUT, help="Write to FILE instead of standard output.")
@config_option
@debug
def command(  # noqa: PLR0913 - one for each option
    *,
    accounts: tuple[str, ...],
    since: int | None,
    until: int | None,
    by: str | None,
    group: str,
    top: int,
    form: str | None,
    output: str,
    config_file: str | None,
) -> int:
    """Show spending over time with what was normal, anomalies, exposed keys, and a forecast of the month.

    Nothing is asked of a provider: what was read or imported before is shown. Exit code 0, whatever the report says.
    """
    from keyguard.audit.report.survey import Wish

    now = int(time.time())
    span = Span(now - 30 * DAY if since is None else since, now if until is None else min(until, now))
    width = _WIDTHS[by] if by else HOUR if span.end - span.start <= _SHORT else DAY
    if span.start >= span.end:
        raise click.BadParameter("--since is not before --until, or not in the past")
    if span.end - span.start > _MOST[width]:
        raise click.BadParameter("--by hour shows 14 days at most, --by day 1,000: name a later --since")
    chosen = Destination(_format(form, output), output)
    check([chosen])
    report = _report(open_config(config_file), accounts, Wish(span, width, group, top, now))
    _write(report, chosen)
    return 0


def _format(form: str | None, output: str) -> str:
    """As asked for, else as the file is called."""
    named = "png" if output.lower().endswith(".png") else format_of(output)
    if form is None and output != STDOUT and named not in FORMATS:
        raise KeyguardError(f"cannot tell the format of {output}", f"name it with --format: {', '.join(FORMATS)}")
    found = form or (named if output != STDOUT else "text")
    if found == "png" and output == STDOUT and sys.stdout.isatty():
        raise KeyguardError("a terminal cannot show PNG", "name a file: --output report.png")
    return found


def _report(config: Config, names: Sequence[str], wish: Wish) -> UsageReport:
    from keyguard.audit.report.survey import survey
    from keyguard.model.usage_report import UsageReport

    configured = {(each.provider, each.name): each for each in _configured(config)}
    with audit_state() as state:
        titles = _chosen(names, sorted({*configured, *_told(state)}))
        found = [
            survey(state, *title, wish, _known(state, title, configured.get(title), wish.span)) for title in titles
        ]
    return UsageReport(wish.now, wish.span.start, wish.span.end, tuple(found))


def _known(state: Database, title: tuple[str, str], account: Account | None, span: Span) -> Known:
    from keyguard.audit.report.marks import marks
    from keyguard.audit.report.survey import Known
    from keyguard.commands.audit_exposed import windows_of

    limits = (account.limits, account.key_limits) if account else ((), ())
    return Known(*limits, marks(state, *title, span), windows_of(state, *title, span))


def _configured(config: Config) -> tuple[Account, ...]:
    """The accounts of the configuration, which need not have any here: figures may be imported."""
    from keyguard.commands.audit_config import read_audit
    from keyguard.commands.network import require_named

    require_named(config, "audit")
    return read_audit(config).accounts


def _told(state: Database) -> Iterable[tuple[str, str]]:
    from keyguard.state.usage import Choice, named

    return {(name.provider, name.account) for _, name in named(state, Choice())}


def _chosen(names: Sequence[str], titles: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    for name in names:
        if not any(name in (title[0], "/".join(title)) for title in titles):
            known = ", ".join("/".join(title) for title in titles) or "none"
            raise ConfigError(f"no account {name!r} is configured, or has figures", f"accounts: {known}")
    return [title for title in titles if not names or {title[0], "/".join(title)} & set(names)]


def _write(report: UsageReport, destination: Destination) -> None:
    form, path = destination
    columns = shutil.get_terminal_size((100, 24)).columns
    color = path == STDOUT and colored(sys.stdout.isatty())
    write = partial(_written, report, form, color, columns)
    if path == STDOUT:
        write_stdout(form, write)
    else:
        write_file(path, write, private=False)


def _written(report: UsageReport, form: str, color: bool, columns: int, out: TextIO) -> None:
    if form == "text":
        from keyguard.report.usage_text import write_text

        write_text(report, out, color=color, columns=columns)
    elif form == "json":
        from keyguard.report.usage_json import write_json

        write_json(report, out)
    elif form == "html":
        from keyguard.report.usage_page import write_html

        write_html(report, out)
    else:
        from keyguard.report.usage_png import write_png

        write_png(report, out)

"""`keyguard audit import`: figures from a file."""

from __future__ import annotations

import time

import click

from keyguard.commands.audit_wiring import usage_state
from keyguard.commands.options import debug


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--provider", default="", help="The provider of lines that name none.")
@click.option("--account", default="main", show_default=True, help="The account of lines that name none.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), help="What FILE is; else its name tells.")
@debug
def command(file: str, provider: str, account: str, form: str | None) -> int:
    """Take usage figures from FILE (CSV or JSON; - is standard input).

    Figures that were imported before, in the time that FILE spans, are replaced: importing twice counts once.
    Columns: start, provider, account, key, model, project, granularity (1m, 1h, 1d), requests, tokens, unit, money,
    currency. Only `start` must be there.
    """
    from keyguard.audit.importing import SOURCE, read_import
    from keyguard.state.usage import Place, replace_points

    with click.open_file(file, encoding="utf-8") as stream:
        try:
            text = stream.read()
        except UnicodeDecodeError:
            raise click.UsageError(f"{file}: not UTF-8") from None
    defaults = {"provider": provider, "account": account}
    csv_file = form == "csv" if form else not file.endswith(".json")
    batches = read_import(text, csv_file=csv_file, defaults=defaults, read_at=int(time.time()))
    with usage_state() as state:
        for batch in batches:
            place = Place(batch.provider, batch.account, SOURCE)
            before, now = replace_points(state, place, batch.granularity, batch.span, batch.series)
            replaced = f", {before} replaced" if before else ""
            click.echo(f"{batch.provider}/{batch.account}  {now} point{'s' * (now != 1)} taken{replaced}")
    return 0

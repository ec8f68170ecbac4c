"""Proves what a credential may read: one small request for each source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from keyguard.audit.asking import ask
from keyguard.audit.failure import ScopeError
from keyguard.audit.reading import chosen_reads, prepare
from keyguard.audit.rows import read_rows
from keyguard.audit.times import ceiling, floor
from keyguard.errors import KeyguardError
from keyguard.model.usage import DAY, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.audit.accounts import Account
    from keyguard.audit.reading import Reader
    from keyguard.http import Client
    from keyguard.model import Secret
    from keyguard.providers.usage import Usage, UsageRead


class Proof(NamedTuple):
    """What one request showed. `source` is "" where the account as a whole cannot be asked."""

    source: str
    fine: bool
    optional: bool
    text: str


def check_account(account: Account, usage: Usage, reader: Reader) -> Iterator[Proof]:
    """One proof for each source; only one where the credential is refused altogether."""
    try:
        values = prepare(account, usage, reader)
    except KeyguardError as error:
        yield Proof("", fine=False, optional=False, text=_said(error))
        return
    with closing(reader.open_client(usage.hosts)) as client:
        for read in chosen_reads(account, usage):
            proof = _prove(client, read, values, int(reader.now()))
            yield proof
            if not proof.fine and not proof.optional and "(401)" in proof.text:
                return


def _prove(client: Client, read: UsageRead, values: Mapping[str, Secret | str], now: int) -> Proof:
    granularity = max(read.widths)
    last = floor(now, DAY)
    span = Span(last - DAY if read.back else last, ceiling(now + 1, granularity))
    if read.kind == "last-used":
        return Proof(read.id, fine=True, optional=True, text="not tried: it takes a request for each key")
    try:
        page = next(ask(client, read, values, span, granularity))
        rows = sum(1 for _ in read_rows(page.tree, read))
    except ScopeError as error:
        return Proof(read.id, fine=False, optional=read.optional, text=_said(error))
    except KeyguardError as error:
        return Proof(read.id, fine=False, optional=False, text=_said(error))
    return Proof(read.id, fine=True, optional=read.optional, text=f"readable, {rows} row{'s' * (rows != 1)}")


def _said(error: KeyguardError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)

"""What each provider tells of use, as a table for docs/audit.md, made from the provider files."""

from __future__ import annotations

from collections.abc import Iterable

from keyguard.providers.actions import open_file
from keyguard.providers.loader import builtin_files
from keyguard.providers.usage import SECONDS, Usage, UsageRead, read_usage

_WIDTHS = {seconds: word for word, seconds in SECONDS.items()}


def builtin_usages() -> list[Usage]:
    """The [usage] of every built-in provider file that has one."""
    found = (read_usage(open_file(path)) for path in builtin_files())
    return [usage for usage in found if usage]


def sources_text(usages: Iterable[Usage]) -> str:
    """Markdown: a line for each source, and one for each provider about its credential."""
    lines = ["| provider | source | tells | by | finest | late by | again for |", "|---|---|---|---|---|---|---|"]
    usages = list(usages)
    for usage in usages:
        lines += [_line(usage, read) for read in usage.reads]
    lines += ["", "| provider | credential | also named in `[[audit.account]]` | note |", "|---|---|---|---|"]
    for usage in usages:
        parts = ", ".join(f"`{part}`: {what}" for part, what in usage.parts.items()) or "-"
        lines.append(f"| `{usage.provider}` | {usage.credential} | {parts} | {usage.note or '-'} |")
    return "\n".join(lines) + "\n"


def _line(usage: Usage, read: UsageRead) -> str:
    figures = [name for name in ("money", "requests") if name in read.fields]
    figures = ["money, priced"] * (read.basis == "priced") + figures
    figures += [read.unit] * ("tokens" in read.fields) + ["last use"] * (read.kind == "last-used")
    by = [name for name in ("key", "project", "model") if name in read.fields]
    by = ["key", "project", "model"] if read.kind == "last-used" else by
    finest = {"buckets": _WIDTHS[min(read.widths)], "last-used": "-"}.get(read.kind, "polls")
    cells = (f"`{usage.provider}`", f"`{read.id}`", ", ".join(figures), ", ".join(by) or "-", finest)
    late = (read.lag, read.restate) if read.kind == "buckets" else (0, 0)
    return "| " + " | ".join((*cells, *map(_span, late))) + " |"


def _span(seconds: int) -> str:
    for unit, word in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds and seconds % unit == 0:
            return f"{seconds // unit}{word}"
    return "-"

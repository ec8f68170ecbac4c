"""The page that says, for every provider, whom `verify` and `identify` ask, and what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from keyguard.providers.actions import open_file
from keyguard.providers.identifying import read_searches
from keyguard.providers.loader import builtin_files
from keyguard.providers.verifying import read_checks

if TYPE_CHECKING:
    from keyguard.providers.identifying import Search
    from keyguard.providers.verifying import Check

_HEAD = """# Whom keyguard asks

`keyguard verify` and `keyguard identify` send the requests below, one for each distinct secret, and none where a reason
stands instead. Written from the provider files by `python docs/generate.py`; where each request was read stands in the
file itself as `source`. "Unverified" is what was not read in the provider's own documentation.

| provider | verify | identify |
|---|---|---|
"""


def asking_text() -> str:
    """The page as Markdown: one row for each provider, those without any request in one list at the end."""
    rows, silent = [], []
    for path in builtin_files():
        file = open_file(path)
        checks, searches = read_checks(file), read_searches(file)
        asked = [each.request for each in checks] + [each.request for each in searches]
        if any(asked):
            rows.append(f"| {file.name} | {_cell(map(_check, checks))} | {_cell(map(_search, searches))} |\n")
        else:
            reasons = dict.fromkeys(each.none for each in checks)
            silent.append(f"* {file.name}: {'; '.join(filter(None, reasons)) or 'nothing is known'}\n")
    return _HEAD + "".join(rows) + "\n## Nobody to ask\n\n" + "".join(silent)


def _cell(parts: Iterable[str]) -> str:
    return "<br>".join(dict.fromkeys(part.replace("|", "\\|") for part in parts))


def _check(check: Check) -> str:
    if check.request is None:
        return f"– ({check.none})"
    told = ", ".join(_told(check))
    unsure = " (unverified)" if "unverified" in check.source else ""
    return f"`{check.request.method} {check.request.url}`{f': {told}' if told else ''}{unsure}"


def _told(check: Check) -> Iterator[str]:
    for name in ("owner", "account", "scopes", "expires"):
        if getattr(check, name):
            yield name


def _search(search: Search) -> str:
    if search.request is None:
        return f"– ({search.none})"
    with_what = f" with {search.credential}" if search.credential else ""
    unsure = " (unverified)" if "unverified" in search.source else ""
    return f"`{search.request.method} {search.request.url}`{with_what}{unsure}"

"""The formats a report can be written in. Each is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from keyguard.errors import ConfigError
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.model import Report
    from keyguard.model.playbook import Playbook


class Display(NamedTuple):
    """How to show a report: secret values in clear, colours, every place and every skip, what was allowed.

    `masks` is for logs of GitHub Actions only (see `github`); `now` (seconds since 1970) stands in for the clock;
    `playbooks` are by rule.
    """

    show_secrets: bool = False
    color: bool = False
    verbose: bool = False
    show_allowed: bool = False
    masks: bool = False
    now: float | None = None
    playbooks: Mapping[str, Playbook] = MappingProxyType({})


Writer = Callable[["Report", TextIO, Display], None]


def _lazy(module: str, name: str) -> Writer:
    """The writer `name` of a module of this package, which is imported when the first report is written."""

    def write(report: Report, out: TextIO, display: Display) -> None:
        writer: Writer = getattr(import_module(f"keyguard.report.{module}"), name)
        writer(report, out, display)

    return write


FORMATS: Mapping[str, Writer] = MappingProxyType(
    {
        "text": _lazy("text", "write_text"),
        "json": _lazy("json_report", "write_json"),
        "jsonl": _lazy("jsonl", "write_jsonl"),
        "sarif": _lazy("sarif", "write_sarif"),
        "csv": _lazy("csv_report", "write_csv"),
        "junit": _lazy("junit", "write_junit"),
        "github": _lazy("github", "write_github"),
        "gitlab": _lazy("gitlab", "write_gitlab"),
        "markdown": _lazy("markdown", "write_markdown"),
        "html": _lazy("page", "write_html"),
    }
)


def write_report(  # noqa: PLR0913 - the fields of Display, by name
    report: Report,
    format: str,  # noqa: A002  the word callers know it by
    out: TextIO,
    *,
    show_secrets: bool = False,
    color: bool = False,
    verbose: bool = False,
    show_allowed: bool = False,
    masks: bool = False,
    now: float | None = None,
    playbooks: Mapping[str, Playbook] = MappingProxyType({}),
) -> None:
    """Writes `report` to `out`. Raises `ConfigError` for a format that is not in `FORMATS`.

    SARIF, github and gitlab go to servers other people read: they hold no secret, whatever `show_secrets` says.
    """
    writer = FORMATS.get(format)
    if writer is None:
        raise ConfigError(f"unknown report format {format!r}", hint=f"use one of: {', '.join(FORMATS)}")
    writer(report, out, Display(show_secrets, color, verbose, show_allowed, masks, now, playbooks))

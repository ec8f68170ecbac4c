"""The formats a report can be written in. Each is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TextIO

from keyguard.errors import ConfigError

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


def _text(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.text import write_text

    write_text(report, out, display)


def _json(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.json_report import write_json

    write_json(report, out, display)


def _jsonl(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.jsonl import write_jsonl

    write_jsonl(report, out, display)


def _sarif(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.sarif import write_sarif

    write_sarif(report, out, show_allowed=display.show_allowed)


def _csv(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.csv_report import write_csv

    write_csv(report, out, display)


def _junit(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.junit import write_junit

    write_junit(report, out, display)


def _github(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.github import write_github

    write_github(report, out, display)


def _gitlab(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.gitlab import write_gitlab

    write_gitlab(report, out, display)


def _markdown(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.markdown import write_markdown

    write_markdown(report, out, display)


def _html(report: Report, out: TextIO, display: Display) -> None:
    from keyguard.report.page import write_html

    write_html(report, out, display)


FORMATS: Mapping[str, Writer] = MappingProxyType(
    {
        "text": _text,
        "json": _json,
        "jsonl": _jsonl,
        "sarif": _sarif,
        "csv": _csv,
        "junit": _junit,
        "github": _github,
        "gitlab": _gitlab,
        "markdown": _markdown,
        "html": _html,
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

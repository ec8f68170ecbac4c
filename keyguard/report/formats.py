"""The formats a report can be written in. Each is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TextIO

from keyguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.model import Report


class Display(NamedTuple):
    """How to show a report: secret values in clear, colours, every place and every skip."""

    show_secrets: bool = False
    color: bool = False
    verbose: bool = False


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


def _sarif(report: Report, out: TextIO, _display: Display) -> None:
    from keyguard.report.sarif import write_sarif

    write_sarif(report, out)


FORMATS: Mapping[str, Writer] = MappingProxyType({"text": _text, "json": _json, "jsonl": _jsonl, "sarif": _sarif})


def write_report(
    report: Report,
    format: str,  # noqa: A002  the word callers know it by
    out: TextIO,
    *,
    show_secrets: bool = False,
    color: bool = False,
    verbose: bool = False,
) -> None:
    """Writes `report` to `out`. Raises `ConfigError` for a format that is not in `FORMATS`.

    SARIF goes to servers other people read: it holds no secret, whatever `show_secrets` says.
    """
    writer = FORMATS.get(format)
    if writer is None:
        raise ConfigError(f"unknown report format {format!r}", hint=f"use one of: {', '.join(FORMATS)}")
    writer(report, out, Display(show_secrets, color, verbose))

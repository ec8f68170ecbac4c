"""Compares output with a reviewed file. `python -m tests.report.golden` writes the files anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keyguard.version import VERSION
from tests.report.sample import clean_report, history_report, tree_report, written
from tests.report.usage_sample import usage_written

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "golden"
NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z

CASES: dict[str, Callable[[], str]] = {
    "history.txt": lambda: written(history_report(), "text"),
    "history-verbose.txt": lambda: written(history_report(), "text", verbose=True),
    "history.json": lambda: written(history_report(), "json"),
    "history.jsonl": lambda: written(history_report(), "jsonl"),
    "history.sarif": lambda: written(history_report(), "sarif"),
    "tree.txt": lambda: written(tree_report(), "text"),
    "tree.sarif": lambda: written(tree_report(), "sarif"),
    "clean.txt": lambda: written(clean_report(), "text"),
    "clean.json": lambda: written(clean_report(), "json"),
    "history.csv": lambda: written(history_report(), "csv"),
    "history.junit.xml": lambda: written(history_report(), "junit"),
    "clean.junit.xml": lambda: written(clean_report(), "junit"),
    "history.github.txt": lambda: written(history_report(), "github"),
    "history.gitlab.json": lambda: written(history_report(), "gitlab", now=NOON),
    "history.md": lambda: written(history_report(), "markdown"),
    "clean.md": lambda: written(clean_report(), "markdown"),
    "usage.txt": lambda: usage_written("text"),
    "usage.json": lambda: usage_written("json"),
}


def without_version(text: str) -> str:
    return text.replace(f'"{VERSION}"', '"@VERSION@"')


if __name__ == "__main__":
    for name, make in CASES.items():
        (FOLDER / name).write_bytes(without_version(make()).encode())

"""How many findings a contender's report holds: a fast scan that found nothing is not a fast scan."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final


def count(kind: str, report: Path) -> int | None:
    """None: the report has no count, or can't be read."""
    if kind not in COUNTERS:
        return None
    try:
        return COUNTERS[kind](report.read_text(errors="replace"))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _lines(text: str) -> int:
    """JSON lines; kingfisher's last one is a summary."""
    return sum("finding" in row or "DetectorName" in row for row in map(json.loads, filter(None, text.splitlines())))


def _listed(text: str) -> int:
    return len(json.loads(text))


def _keyed(text: str) -> int:
    return len(json.loads(text)["findings"])


def _by_file(text: str) -> int:
    results: Mapping[str, Any] = json.loads(text)["results"]
    return sum(map(len, results.values()))


COUNTERS: Final[Mapping[str, Callable[[str], int]]] = {
    "lines": _lines,
    "list": _listed,
    "keyguard": _keyed,
    "betterleaks": _keyed,
    "detect-secrets": _by_file,
}

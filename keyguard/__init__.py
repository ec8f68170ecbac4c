"""keyguard as a library: what is named here is stable, and loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyguard.model import Report
    from keyguard.scan import HistoryRange, ScanOptions
    from keyguard.scan.history import scan_history
    from keyguard.scan.tree import scan_stdin, scan_tree
    from keyguard.version import VERSION as __version__  # noqa: N811 - the name Python has for it

__all__ = ["HistoryRange", "Report", "ScanOptions", "__version__", "scan_history", "scan_stdin", "scan_tree"]

_PLACES = {
    "HistoryRange": ("keyguard.scan", "HistoryRange"),
    "Report": ("keyguard.model", "Report"),
    "ScanOptions": ("keyguard.scan", "ScanOptions"),
    "__version__": ("keyguard.version", "VERSION"),
    "scan_history": ("keyguard.scan.history", "scan_history"),
    "scan_stdin": ("keyguard.scan.tree", "scan_stdin"),
    "scan_tree": ("keyguard.scan.tree", "scan_tree"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])

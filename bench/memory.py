"""The memory of a whole tree of processes, sampled from /proc (Linux; elsewhere it is 0).

Proportional set size: a page that several processes share is counted once, so that a scanner with workers
and one with threads can be compared.
"""

from __future__ import annotations

import os
from pathlib import Path


def session_size(session: int) -> int:
    """KiB held now by the processes of `session`, apart from its leader (the probe)."""
    members = (entry for entry in _processes() if entry != session and _session(entry) == session)
    return sum(map(_size, members))


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except FileNotFoundError:
        return []


def _session(process: int) -> int:
    try:
        stat = Path(f"/proc/{process}/stat").read_bytes()
    except OSError:  # it has ended
        return 0
    return int(stat.rpartition(b")")[2].split()[3])


def _size(process: int) -> int:
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_bytes()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith(b"Pss:")), 0)

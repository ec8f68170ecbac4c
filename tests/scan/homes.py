"""Home folders with keys where tools leave them."""

from __future__ import annotations

from pathlib import Path

from keyguard.scan.machine_search import Machine


def machine_at(home: Path, system: str = "linux", **variables: str) -> Machine:
    return Machine(system, str(home), variables)


def put(home: Path, path: str, content: bytes = b"", mode: int = 0o600) -> Path:
    """Writes a file below a home folder, with its folders."""
    file = home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    file.chmod(mode)
    return file

"""Runs keyguard as a person does: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Compiling all rules takes a second: one test does it for all. Gone when the process ends.
COMPILED = tempfile.TemporaryDirectory(prefix="keyguard-tests-", ignore_cleanup_errors=True)


def run_keyguard(*words: str, cwd: Path, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run one command line in folder `cwd`, with further environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "keyguard", *words],
        cwd=cwd,
        input=stdin,
        env=environment(**variables),
        capture_output=True,
        timeout=120,
        check=False,
    )


def loaded_modules(*words: str, cwd: Path) -> set[str]:
    """The names of all modules one command line has imported when it ends."""
    program = "import sys; from keyguard.cli import main; main(sys.argv[1:]); print('', *sys.modules, sep='\\n')"
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, timeout=120, check=True)
    return set(done.stdout.decode().split())


def environment(**variables: str) -> dict[str, str]:
    """The caged environment, with this keyguard to be found from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "KEYGUARD_CACHE": COMPILED.name, **variables}

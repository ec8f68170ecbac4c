"""One measured run of a whole command: what it cost, and whether it did its work."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from memory import session_size

PROBE: Final = Path(__file__).with_name("probe.py")
SAMPLING: Final = 0.05  # seconds between two looks at /proc
ESCAPES: Final = re.compile(r"\x1b\[[0-9;]*m")


class Task(NamedTuple):
    """A command that is ready to run. Empty `stdin` and `stdout` are the null device."""

    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    stdin: str = ""
    stdout: str = ""


class Sample(NamedTuple):
    """Seconds, and KiB: of the largest process (`peak`), and of all together (`tree`, 0 when it was not sampled)."""

    wall: float
    user: float
    system: float
    peak: int
    tree: int
    code: int
    stderr: str

    @property
    def cpu(self) -> float:
        return self.user + self.system


class RunError(Exception):
    """The command could not be started, or did not end in time."""


def run(task: Task, timeout: float, *, sample_tree: bool = False) -> Sample:
    """Run `task` once. `sample_tree` takes some processor time: not for a run whose time counts."""
    errors = task.folder / "stderr"
    streams = (task.stdin or os.devnull, task.stdout or os.devnull, str(errors))
    probe = subprocess.Popen(
        [sys.executable, "-I", "-S", str(PROBE), *streams, *task.command],
        cwd=task.folder,
        env=dict(task.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, complaint, tree = _wait(probe, timeout, sample_tree=sample_tree)
    finally:
        _end_session(probe)
    if probe.returncode:
        raise RunError(complaint.decode(errors="replace").strip().rpartition("\n")[2])
    cost = json.loads(out)
    told = ESCAPES.sub("", errors.read_text(errors="replace"))
    return Sample(cost["wall"], cost["user"], cost["system"], cost["peak"], tree, cost["code"], told)


def version(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """The first line that a version command prints, on either stream."""
    try:
        done = subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    lines = ESCAPES.sub("", done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines and not done.returncode else "unknown"


def _wait(probe: subprocess.Popen[bytes], timeout: float, *, sample_tree: bool) -> tuple[bytes, bytes, int]:
    pause = SAMPLING if sample_tree else timeout
    tree, left = 0, timeout
    while True:
        try:
            out, complaint = probe.communicate(timeout=min(pause, left))
        except subprocess.TimeoutExpired:
            left -= pause
            if left <= 0:
                raise RunError(f"did not end in {timeout:g} s") from None
            tree = max(tree, session_size(probe.pid))
        else:
            return out, complaint, tree


def _end_session(probe: subprocess.Popen[bytes]) -> None:
    """Whatever the command left running would disturb the next run."""
    with suppress(ProcessLookupError):
        os.killpg(probe.pid, signal.SIGKILL)
    probe.wait()

"""Runs a program that takes values on standard input; never on its command line, and never through a shell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence

from keyguard.respond.sinks.sink import SinkError

_TIMEOUT = 120


def find_program(words: Sequence[str], environment: Mapping[str, str], place: str) -> None:
    """SinkError where the program is not there."""
    if not words or shutil.which(words[0], path=environment.get("PATH")) is None:
        raise SinkError(f"{place}: there is no such program")


def run_program(words: Sequence[str], stdin: bytes, environment: Mapping[str, str], place: str) -> bytes:
    """What it prints. SinkError tells its exit code, not its words: they could hold the value."""
    try:
        done = subprocess.run(
            list(words),
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SinkError(f"{place}: took longer than {_TIMEOUT} s") from None
    except (OSError, ValueError):
        raise SinkError(f"{place}: cannot be run") from None
    if done.returncode:
        raise SinkError(f"{place}: failed with exit code {done.returncode}")
    return done.stdout

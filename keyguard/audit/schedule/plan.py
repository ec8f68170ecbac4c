"""What is to be run how often, and what comes of it for one system."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

NAME = "keyguard-audit"


class Job(NamedTuple):
    """`program` is the command with its arguments, `every` the interval in seconds, `home` the person's folder.

    `variables` are names and values that the program needs; never secrets.
    """

    program: tuple[str, ...]
    every: int
    home: Path
    variables: tuple[tuple[str, str], ...] = ()


class Plan(NamedTuple):
    """Files to write by path, and the commands for a person to run, one list each to install and to remove."""

    system: str
    files: tuple[tuple[Path, str], ...]
    install: tuple[str, ...]
    remove: tuple[str, ...]
    status: tuple[str, ...]
    note: str = ""

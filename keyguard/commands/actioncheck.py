"""Checks what provider files can do beside finding: [verify], [identify], [[revoke]], [rotate], [[playbook]]."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from keyguard.errors import RuleError
from keyguard.providers.actions import open_file
from keyguard.providers.identifying import read_searches
from keyguard.providers.loader import builtin_files
from keyguard.providers.playbooks import read_chapters
from keyguard.providers.revoking import read_ways
from keyguard.providers.rotating import read_turns
from keyguard.providers.verifying import read_checks


def action_problems(paths: Sequence[Path]) -> Iterator[str]:
    """One line for each file that is wrong; the built-in ones where `paths` is empty, a folder for its .toml files."""
    listed = [sorted(path.glob("*.toml")) if path.is_dir() else [path] for path in paths]
    for path in [file for files in listed for file in files] or builtin_files():
        try:
            file = open_file(path)
        except RuleError:
            continue  # told with the rules already
        for read in (read_checks, read_searches, read_ways, read_turns, read_chapters):
            try:
                read(file)
            except RuleError as error:
                yield str(error)

"""Benchmark: folders of files, and start-up. `tree.py [NAME=]PATH...` or `tree.py --start-up`, see --help.

A folder without `.git` is the fair one: some contenders would read the packs in there too.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from arguments import Target, each, measure, parser
from contenders import small, tree
from machine import cores

LINES = "def add(left: int, right: int) -> int:\n    return left + right\n\n\n" * 15


def main(words: Sequence[str]) -> None:
    made = parser("Scan folders with keyguard and others, in turn.", runs=5)
    made.add_argument("paths", nargs="*", metavar="[NAME=]PATH")
    made.add_argument("--start-up", action="store_true", help="also one small file, four times the runs")
    options = made.parse_args(words)
    if not options.paths and not options.start_up:
        made.error("name a PATH, or --start-up")
    for target in each(options.paths, survey):
        measure(options, target, (), tree(cores()))
    if options.start_up:
        options.runs *= 4
        start_up(options)


def start_up(options: argparse.Namespace) -> None:
    """One small file without a finding."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = Path(folder, "small.py")
        file.write_text(LINES, encoding="utf-8")
        facts = f"one file of {len(LINES)} bytes, outside of any repository"
        measure(options, Target("Start-up", str(file), facts, b""), (), small(cores()))


def survey(name: str, path: str) -> Target:
    """Count and list the files, before anything is measured."""
    files = [path] if os.path.isfile(path) else list(_walk(path))
    size = sum(map(os.path.getsize, files))
    facts = f"{name}: {len(files):,} files of {size / 1e6:,.1f} MB"
    return Target(f"Tree: {name}", path, facts, b"\0".join(map(os.fsencode, files)))


def _walk(path: str) -> Iterator[str]:
    """Regular files, apart from git's own."""
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name != ".git"]
        files = (os.path.join(folder, name) for name in names)
        yield from (file for file in files if os.path.isfile(file) and not os.path.islink(file))


if __name__ == "__main__":
    main(sys.argv[1:])

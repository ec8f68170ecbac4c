"""Benchmark: all that a repository holds. `history.py [NAME=]REPO...`, see --help.

Run it under `unshare --net` to be sure that nobody asks the network.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from arguments import Target, each, measure, parser
from contenders import history
from machine import cores

CHECK = "--batch-check=%(objecttype) %(objectsize) %(objectname)"


def main(words: Sequence[str]) -> None:
    made = parser("Scan whole repositories with keyguard and others, in turn.", runs=5)
    made.add_argument("repositories", nargs="+", metavar="[NAME=]REPO")
    options = made.parse_args(words)
    for target in each(options.repositories, survey):
        bare = _git(target.path, "rev-parse", "--is-bare-repository").strip() == b"true"
        measure(options, target, ("--history",), history(cores(), bare=bare))


def survey(name: str, path: str) -> Target:
    """Count and list what is in the store, before anything is measured."""
    # In the order of the pack: fastest to read.
    rows = _git(path, "cat-file", "--batch-all-objects", "--unordered", CHECK).splitlines()
    blobs = [row.split() for row in rows if row.startswith(b"blob ")]
    content = sum(int(size) for _, size, _ in blobs)
    head = _git(path, "rev-parse", "--short=12", "HEAD").decode().strip()
    facts = f"{name} at {head}: {len(rows):,} objects, {len(blobs):,} blobs of {content / 1e6:,.0f} MB, {_packs(path)}"
    return Target(f"History: {name}", path, facts, b"".join(oid + b"\n" for _, _, oid in blobs))


def _packs(path: str) -> str:
    counts = dict(line.split(": ") for line in _git(path, "count-objects", "-v").decode().splitlines())
    return f"{counts['packs']} pack(s) of {int(counts['size-pack']) * 1024 / 1e6:,.0f} MB, {counts['count']} loose"


def _git(path: str, *words: str) -> bytes:
    done = subprocess.run(("git", "-C", path, *words), stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(f"{path}: not measured")  # git has said why
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])

"""What the benchmark scripts' command lines share, and the run they ask for."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import contenders
from contenders import Contender
from machine import describe
from measure import version
from pairs import Plan, compete
from results import RESULTS, section, write

# Git's own, and what would send a contender elsewhere or have it ask the network.
UNSET = ("GIT_", "BETTERLEAKS_", "GITLEAKS_", "KF_", "KINGFISHER_", "KEYGUARD_", "PYTHON")


class Target(NamedTuple):
    """What is scanned: `title` heads the section, `facts` describe it, `listing` is what `reading alone` reads."""

    title: str
    path: str
    facts: str
    listing: bytes


def parser(about: str, runs: int) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=about, epilog="With --only, results are printed and not written.")
    add = made.add_argument
    add("--runs", type=int, default=runs, metavar="N", help=f"pairs after the warm-up (default {runs})")
    add("--only", default="", metavar="NAMES", help="these contenders, comma-separated; keyguard always runs")
    add("--timeout", type=float, default=1800, metavar="S", help="for one run (default 1800 s)")
    add("--budget", type=float, default=600, metavar="S", help="no further run of what has taken this (default 600 s)")
    add("--variant", action="append", default=[], metavar="NAME=CMD", help="a further command line; {target} is filled")
    add("--keyguard", default="", metavar="CMD", help="how keyguard is started (default: from PATH, else this project)")
    add("--results", type=Path, default=RESULTS, metavar="FILE", help="where sections are kept (default RESULTS.md)")
    add("--no-write", action="store_true", help="print only")
    return made


def measure(options: argparse.Namespace, target: Target, own: Sequence[str], others: list[Contender]) -> None:
    """Run everyone over `target`; print the section and write it. `own`: keyguard's options for this benchmark."""
    prefix = start(options.keyguard)
    mine = contenders.keyguard(prefix, contenders.KEYGUARD, *own)
    one = contenders.keyguard(prefix, "keyguard -j 1", *own, "--jobs=1")
    chosen = choose([one, *_variants(options.variant, prefix), *others], options.only)
    facts = [describe(), target.facts]
    environment = clean(os.environ)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "list").write_bytes(target.listing)
        places = {"{target}": target.path, "{report}": str(folder / "report.json"), "{list}": str(folder / "list")}
        plan = Plan(options.runs, options.timeout, options.budget, folder, places, environment)
        outcomes = compete(mine, chosen, plan)
    ran = [outcome.contender for outcome in outcomes if not outcome.trouble]
    text = section(target.title, facts, outcomes, versions(ran, environment))
    print(text, flush=True)
    if not options.no_write and not options.only:
        write(text, options.results)


def _variants(texts: Iterable[str], prefix: Sequence[str]) -> list[Contender]:
    try:
        return [contenders.variant(text, prefix) for text in texts]
    except ValueError as error:
        sys.exit(f"--variant: {error}")


def choose(known: list[Contender], names: str) -> list[Contender]:
    """Exits with a message when a name is not known."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = set(wanted) - {contender.name for contender in known} - {contenders.KEYGUARD}
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(one.name for one in known)}")
    return [contender for contender in known if not wanted or contender.name in wanted]


def start(command: str) -> tuple[str, ...]:
    """How keyguard is started."""
    if command:
        return tuple(shlex.split(command))
    return (contenders.KEYGUARD,) if shutil.which(contenders.KEYGUARD) else (sys.executable, "-m", contenders.KEYGUARD)


def clean(environment: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in environment if not name.startswith(UNSET)}


def versions(ran: Sequence[Contender], environment: dict[str, str]) -> list[str]:
    """Of the programs that were measured, with their names."""
    told: dict[str, str] = {}
    for contender in ran:
        own = contenders.KEYGUARD in contender.version
        program = contenders.KEYGUARD if own else Path(contender.version[0]).name if contender.version else ""
        if program and program not in told:
            line = version(contender.version, {**environment, **dict(contender.environment)})
            told[program] = line if re.sub(r"[\d.]+$", "", program) in line.lower() else f"{program} {line}"
    return list(told.values())


def each(words: Iterable[str], make: Callable[[str, str], Target]) -> Iterable[Target]:
    """Targets from PATH or NAME=PATH; the name is the path's last part unless given."""
    for word in words:
        name, equals, path = word.partition("=")
        if not equals or "/" in name:
            name, path = "", word
        if not Path(path).exists():
            sys.exit(f"{path}: no such file or folder")
        place = Path(path).resolve()
        yield make(name or place.name.removesuffix(".git"), str(place))

"""Benchmark: a hook before a commit of three changed files, as a whole process: a small change and a large one.

`hook.py`, see --help.

What counts is the processor time beside that of a Python which does nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import contenders
from arguments import choose, clean, parser, start, versions
from contenders import Contender
from machine import describe
from pairs import Plan, compete
from results import section, write

RESULTS = Path(__file__).with_name("RESULTS-hook.md")
FILES = 3
LINES = 200  # of each file as it was
CHANGES = {"small": 20, "large": 200}  # new lines in each
# Ordinary code, with names and strings that a scanner has to look at twice.
CODE = """\
def connect_{number}(host: str, password: str | None = None) -> Session:
    token = os.environ.get("SERVICE_TOKEN_{number}", "")
    return Session(host, password=password or read_password(host), token=token, timeout={number})


"""


def main(words: Sequence[str]) -> None:
    made = parser("Scan what is staged with keyguard and others, in turn.", runs=20)
    made.set_defaults(results=RESULTS)
    options = made.parse_args(words)
    for size, lines in CHANGES.items():
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder, own = Path(name, "repository"), Path(name, "own")
            own.mkdir()
            files = stage(folder, lines)
            text = measure(options, f"Hook, a {size} change", lines, folder, own, files)
        print(text, flush=True)
        if not options.no_write and not options.only:
            write(text, options.results)


def stage(folder: Path, lines: int) -> list[str]:
    """A repository with a hundred files, of which three are changed and staged. Returns their names."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    for number in range(100):
        (folder / f"module_{number}.py").write_text(code(number, LINES), encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "-c", "user.name=n", "-c", "user.email=e@example.com", "commit", "--quiet", "--message", "first")
    names = [f"module_{number}.py" for number in range(FILES)]
    for name in names:
        with open(folder / name, "a", encoding="utf-8") as file:
            file.write(code(1000, lines))
    git(folder, "add", "--all")
    return names


def code(seed: int, lines: int) -> str:
    return "".join(CODE.format(number=seed + number) for number in range(lines // 5))


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, env=clean(os.environ), check=True)


def measure(options: argparse.Namespace, title: str, lines: int, folder: Path, own: Path, files: Sequence[str]) -> str:
    prefix = start(options.keyguard)
    others = choose(rivals(files), options.only)
    environment = clean(os.environ)
    places = {"{target}": str(folder), "{report}": str(own / "report.json"), "{list}": str(own / "list")}
    plan = Plan(options.runs, options.timeout, options.budget, own, places, environment)
    outcomes = compete(hook(prefix), others, plan)
    size = sum((folder / name).stat().st_size for name in files)
    about = f"{FILES} changed files of {size / 1e3:.0f} kB in all with {lines} new lines each, without a secret; two of"
    facts = [describe(), f"{about} three lines of code name a password or a token"]
    ran = [outcome.contender for outcome in outcomes if not outcome.trouble]
    return section(title, facts, outcomes, versions(ran, environment))


def hook(prefix: Sequence[str]) -> Contender:
    """What `.pre-commit-hooks.yaml` and `keyguard hook install` run."""
    path = (("PYTHONPATH", str(contenders.PROJECT)),) if "-m" in prefix else ()
    command = inside(*prefix, "scan", "--staged", "--quiet")
    return Contender(contenders.KEYGUARD, command, (*prefix, "--version"), environment=path)


def rivals(files: Sequence[str]) -> list[Contender]:
    nothing = "a Python that starts and ends"
    return [
        Contender("python3 -c pass", inside(sys.executable, "-c", "pass"), (sys.executable, "--version"), note=nothing),
        Contender(
            "betterleaks",
            inside("betterleaks", "git", "--staged", "--no-banner", "--silent", "."),
            ("betterleaks", "--version"),
        ),
        Contender("gitleaks", inside("gitleaks", "git", "--staged", "--no-banner", "."), ("gitleaks", "version")),
        Contender(
            "detect-secrets-hook",
            inside("detect-secrets-hook", "--no-verify", *files),
            ("detect-secrets-hook", "--version"),
        ),
    ]


def inside(*command: str) -> tuple[str, ...]:
    """The command, run in the repository as git runs a hook."""
    return ("sh", "-c", 'cd "$0" && exec "$@"', "{target}", *command)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Who is measured, with which command lines. No contender may ask the network whether a key is live."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

PROJECT: Final = Path(__file__).resolve().parent.parent
KEYGUARD: Final = "keyguard"
PLACES: Final = {"{target}": "TARGET", "{report}": "REPORT", "{list}": "LIST"}  # for show


class Contender(NamedTuple):
    """A command line with places: {target} what is scanned, {report} and {list} files in the bench's own folder.

    `good`: exit codes of a finished scan. `incomplete`: in stderr, it tells of a part that was not scanned.
    `findings`: how to count them (a name in `findings.COUNTERS`). `stdout` and `stdin`: a place, or "" for nothing.
    """

    name: str
    command: tuple[str, ...]
    version: tuple[str, ...] = ()
    good: frozenset[int] = frozenset({0})
    findings: str = ""
    stdin: str = ""
    stdout: str = ""
    incomplete: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @property
    def shown(self) -> str:
        """The command line without a path of this machine."""
        settings = (f"{name}={value}" for name, value in self.environment if value != str(PROJECT))
        line = " ".join([*settings, *map(_show, self.command)])
        for place, name in PLACES.items():
            line = line.replace(place, name)
        return line + (f" < {PLACES[self.stdin]}" if self.stdin else "")


def fill(word: str, places: Mapping[str, str]) -> str:
    for place, path in places.items():
        word = word.replace(place, path)
    return word


def hide(text: str, places: Mapping[str, str]) -> str:
    """`text` of a program, without the paths that were filled in."""
    for place, path in sorted(places.items(), key=lambda item: -len(item[1])):
        text = text.replace(path, PLACES[place])
    return text.replace(f"{PROJECT}{os.sep}", "")


def missing(contender: Contender) -> str:
    """Why it can't be run here, or nothing."""
    program = contender.command[0]
    return "" if shutil.which(program) else f"{Path(program).name} is not on PATH"


def history(jobs: int, *, bare: bool) -> list[Contender]:
    """For all that a repository holds."""
    kind = ("--bare",) if bare else ()  # trufflehog may find nothing in a bare repository, and succeed, unless told
    return [
        Contender(
            "reading alone",
            ("git", "-C", "{target}", "cat-file", "--batch", "--buffer"),
            ("git", "--version"),
            stdin="{list}",
            note="no scanning: every blob is inflated and thrown away; LIST has the blobs in pack order",
        ),
        kingfisher("kingfisher"),
        kingfisher("kingfisher --turbo", "--turbo"),
        _betterleaks("git"),
        _gitleaks("git"),
        _trufflehog(jobs, "git", "--trust-local-git-config", *kind, "file://{target}"),
    ]


def tree(jobs: int) -> list[Contender]:
    """For a folder of files."""
    return [
        Contender(
            "reading alone",
            ("xargs", "-0", "cat", "--"),
            stdin="{list}",
            note="no scanning: every file is read and thrown away; LIST has the files",
        ),
        kingfisher("kingfisher", "--git-history", "none"),
        kingfisher("kingfisher --turbo", "--git-history", "none", "--turbo"),
        _betterleaks("filesystem"),
        _gitleaks("dir"),
        _trufflehog(jobs, "filesystem", "{target}"),
        Contender(
            "detect-secrets",
            ("detect-secrets", "-C", "{target}", "scan", "--no-verify", "--all-files"),
            ("detect-secrets", "--version"),
            findings="detect-secrets",
            stdout="{report}",
        ),
        Contender(
            "credsweeper",
            ("credsweeper", "--path", "{target}", "--jobs", str(jobs), "--no-stdout", "--save-json", "{report}"),
            ("credsweeper", "--version"),
            findings="list",
        ),
    ]


def small(jobs: int) -> list[Contender]:
    """For one small file: what starting costs."""
    python = Contender("python3 -c pass", (sys.executable, "-c", "pass"), (sys.executable, "--version"))
    skip = {"reading alone", "kingfisher --turbo", "detect-secrets"}
    detect = Contender(
        "detect-secrets",
        ("detect-secrets", "scan", "--no-verify", "--all-files", "{target}"),
        ("detect-secrets", "--version"),
        findings="detect-secrets",
        stdout="{report}",
    )
    return [python, *(one for one in tree(jobs) if one.name not in skip), detect]


def keyguard(prefix: Sequence[str], name: str = KEYGUARD, *options: str) -> Contender:
    """`prefix`: how keyguard is started."""
    command = (*prefix, "scan", *options, "--quiet", "--config=", "--format=json", "{target}")
    good = frozenset({0, 1, 3})
    return Contender(name, command, (*prefix, "--version"), good, "keyguard", "", "{report}", environment=_path(prefix))


def variant(text: str, prefix: Sequence[str]) -> Contender:
    """NAME=COMMAND, where COMMAND may begin with settings (A=1) and `keyguard` stands for how keyguard is started.

    Raises ValueError when there is no command.
    """
    name, _, line = text.partition("=")
    words = shlex.split(line)
    settings: list[tuple[str, str]] = []
    while words and "=" in words[0]:
        setting, _, value = words.pop(0).partition("=")
        settings.append((setting, value))
    if not name or not words:
        raise ValueError(f"{text!r} is not NAME=COMMAND")
    own = words[0] == KEYGUARD
    command = (*prefix, *words[1:]) if own else tuple(words)
    if not any("{target}" in word for word in command):
        command = (*command, "{target}")
    settings.extend(_path(prefix) if own else ())
    good, counter = (frozenset({0, 1, 3}), "keyguard") if own else (frozenset({0, 1}), "")
    return Contender(name, command, (), good, counter, stdout="{report}", environment=tuple(settings))


def kingfisher(name: str, *options: str) -> Contender:
    turbo = "--turbo: no commit metadata, no Base64 decoding, no check of the context by a parser"
    quiet = ("--no-update-check", "--quiet", "--format", "jsonl", "--output", "{report}")
    return Contender(
        name,
        ("kingfisher", "scan", "--no-validate", *options, *quiet, "{target}"),
        ("kingfisher", "--version"),
        frozenset({0, 200}),  # 200: findings
        "lines",
        note=turbo if "--turbo" in options else "",
    )


def _betterleaks(source: str) -> Contender:
    return Contender(
        "betterleaks",
        ("betterleaks", source, "--no-banner", "--silent", "--exit-code", "0", "--output", "{report}", "{target}"),
        ("betterleaks", "--version"),
        findings="betterleaks",
        incomplete=r"\bERR\b.*|incomplete scan.*",
    )


def _gitleaks(source: str) -> Contender:
    return Contender(
        "gitleaks",
        ("gitleaks", source, "--no-banner", "--exit-code", "0", "--report-path", "{report}", "{target}"),
        ("gitleaks", "version"),
        findings="list",
        incomplete=r"\bERR\b.*",
    )


def _trufflehog(jobs: int, *source: str) -> Contender:
    quiet = ("--no-verification", "--no-update", "--json", f"--concurrency={jobs}")
    return Contender(
        "trufflehog",
        ("trufflehog", *source, *quiet),
        ("trufflehog", "--version"),
        findings="lines",
        stdout="{report}",
        incomplete=r'.*"level":"error".*|"chunks":0,.*',
    )


def _path(prefix: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """A keyguard that is not installed is imported from the project."""
    return (("PYTHONPATH", str(PROJECT)),) if "-m" in prefix else ()


def _show(word: str) -> str:
    if word == sys.executable:
        return "python3"
    return word if "{" in word else shlex.quote(Path(word).name if word.startswith("/") else word)

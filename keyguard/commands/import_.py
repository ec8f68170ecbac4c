"""`keyguard import`: what a team told another scanner becomes keyguard's own settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import click

from keyguard.commands.options import cache_place, debug
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.git.repository import Repository
    from keyguard.scan.moving.places import Places
    from keyguard.scan.moving.plan import Plan

TOOLS: Final = ("gitleaks", "betterleaks", "detect-secrets", "git-secrets", "trufflehog")
_MOST_SHOWN: Final = 50

EPILOG = """\b
Examples:
  keyguard import gitleaks                 .gitleaks.toml and .gitleaksignore
  keyguard import gitleaks old.json        a report used as a baseline
  keyguard import detect-secrets           .secrets.baseline
  keyguard import git-secrets              git's settings, and .gitallowed
  keyguard import trufflehog exclude.txt   a file for --exclude-paths

What is written: .keyguard.toml (settings), .keyguardignore (decisions on single secrets), keyguard-baseline.json (for
`keyguard scan --baseline keyguard-baseline.json`), and rule files. What cannot be carried over is listed.
"""


@click.command("import", epilog=EPILOG)
@click.argument("tool", type=click.Choice(TOOLS))
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@debug
def command(tool: str, file: str | None, dry_run: bool, force: bool) -> int:
    """Make settings, allowlists and baselines of TOOL those of keyguard."""
    root, repository = _root()
    plan = _plan(tool, file, root, repository)
    for line in plan.done:
        click.echo(line)
    _tell_left(plan)
    _refuse(plan, root, force=force or dry_run)
    for name, text in plan.files.items():
        state = "would write" if dry_run else "wrote"
        if not dry_run:
            _write(root / name, text)
        click.echo(f"{state} {name}")
        if dry_run:
            click.echo("".join(f"    {line}\n" for line in text.splitlines()), nl=False)
    return 0


def _root() -> tuple[Path, Repository | None]:
    from keyguard.git.repository import find_repository

    repository = find_repository(os.fsencode(os.curdir))
    top = repository.work_tree if repository and repository.work_tree else Path.cwd()
    return Path(os.path.realpath(top)), repository


def _plan(tool: str, file: str | None, root: Path, repository: Repository | None) -> Plan:
    if tool == "git-secrets":
        from keyguard.scan.moving.git_secrets import import_settings

        return import_settings(root, Path(file) if file else None)
    if tool == "trufflehog":
        from keyguard.scan.moving.trufflehog import import_file

        return import_file(
            Path(file) if file else _only(root, "trufflehog.yaml", ".trufflehog.yaml", ".trufflehogignore")
        )
    salt = _salt(root, repository)
    if tool == "detect-secrets":
        from keyguard.scan.moving.detect_secrets import import_baseline

        return import_baseline(
            Path(file) if file else _only(root, ".secrets.baseline"), _places(root, repository, salt), salt
        )
    from keyguard.scan.moving.gitleaks import import_files

    files = [Path(file)] if file else _there(root, f".{tool}.toml", f".{tool}ignore")
    return import_files(tool, files, root, _places(root, repository, salt, files), salt)


def _places(root: Path, repository: Repository | None, salt: str, files: list[Path] | None = None) -> Places:
    """Findings are looked up with the rules that will run: those of an imported file too."""
    from keyguard.providers.gitleaks import is_gitleaks
    from keyguard.scan import ScanOptions
    from keyguard.scan.moving.places import Places

    rules = tuple(file for file in files or _there_or_none(root, ".gitleaks.toml") if is_gitleaks(file))
    return Places(root, repository, salt, ScanOptions(cache=cache_place(), rules=rules))


def _salt(root: Path, repository: Repository | None) -> str:
    """The salt that a file of this repository names already, else the repository's, else a new one."""
    from keyguard.commands.silencing import read_ignore
    from keyguard.git.salt import root_commit

    ignore = read_ignore(os.fsencode(root))
    known = ignore.salt if ignore else ""
    return known or (root_commit(repository) if repository else None) or os.urandom(20).hex()


def _there_or_none(root: Path, *names: str) -> list[Path]:
    return [root / name for name in names if (root / name).is_file()]


def _there(root: Path, *names: str) -> list[Path]:
    found = _there_or_none(root, *names)
    if not found:
        raise KeyguardError(f"there is neither {' nor '.join(names)} in {root}", "name the FILE to import")
    return found


def _only(root: Path, *names: str) -> Path:
    return _there(root, *names)[0]


def _tell_left(plan: Plan) -> None:
    if plan.left:
        click.echo(f"not carried over: {len(plan.left)}")
    for line in plan.left[:_MOST_SHOWN]:
        click.echo(f"  {line}")
    if len(plan.left) > _MOST_SHOWN:
        click.echo(f"  and {len(plan.left) - _MOST_SHOWN} more")


def _refuse(plan: Plan, root: Path, *, force: bool) -> None:
    there = [name for name in plan.files if (root / name).exists()]
    if there and not force:
        raise KeyguardError(
            f"nothing was written: {', '.join(there)} is there already", "look first; --force replaces it"
        )


def _write(path: Path, text: str) -> None:
    from keyguard.commands.output import write_file

    def write(stream: TextIO) -> None:
        stream.write(text)

    write_file(str(path), write, private=False)

"""`keyguard doctor`: what keyguard runs on, and what is missing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Final, NamedTuple

import click

from keyguard.commands.options import cache_place, debug
from keyguard.errors import KeyguardError
from keyguard.version import VERSION

PACKAGES: Final = ("click", "gitpython", "hyperscan", "deflate", "numpy", "regex", "requests", "rich")


class Fact(NamedTuple):
    """One line of the answer. A fact that is not `fine` makes the exit code 3."""

    name: str
    value: str
    fine: bool = True


@click.command("doctor")
@debug
def command() -> int:
    """Say what keyguard runs on, and what is missing.

    Exit code 3 means that something is missing without which a scan would be incomplete.
    """
    facts = list(_facts())
    width = max(len(fact.name) for fact in facts)
    for fact in facts:
        click.echo(f"{'ok' if fact.fine else '!!'}  {fact.name:<{width}}  {fact.value}")
    return 0 if all(fact.fine for fact in facts) else 3


def _facts() -> Iterator[Fact]:
    yield Fact("keyguard", VERSION)
    yield Fact("python", f"{sys.version.split()[0]} on {sys.platform}, {os.cpu_count() or 1} cores")
    yield from map(_package, PACKAGES)
    yield _git()
    yield from _engine()
    yield Fact("delta step", _delta())
    yield _cache()


def _package(name: str) -> Fact:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return Fact(name, version(name))
    except PackageNotFoundError:
        optional = name in ("hyperscan", "deflate")
        return Fact(name, "not installed; the standard library takes its place" if optional else "missing", optional)


def _git() -> Fact:
    from keyguard.git.process import run

    try:
        return Fact("git", run(["version"]).stdout.decode("utf-8", "replace").strip().removeprefix("git version "))
    except KeyguardError as error:
        return Fact("git", f"{error}; histories cannot be scanned", fine=False)


def _engine() -> Iterator[Fact]:
    from keyguard.engine import open_engine
    from keyguard.providers.loader import load_rules

    try:
        known = load_rules(cache=cache_place())
        yield Fact("rules", f"{len(known.rules)} of {len(known.providers)} providers")
        yield Fact("engine", open_engine(known.rules, cache=cache_place()).name)
    except KeyguardError as error:
        yield Fact("rules", str(error), fine=False)


def _delta() -> str:
    try:
        return str(import_module("keyguard.odb.delta").IMPLEMENTATION)
    except ImportError as error:
        return f"missing: {error.name}"


def _cache() -> Fact:
    folder = cache_place()
    try:
        sizes = [entry.stat().st_size for entry in os.scandir(folder) if entry.is_file()]
    except FileNotFoundError:
        return Fact("cache", f"{folder}, not made yet")
    except OSError as error:
        return Fact("cache", f"{folder}: {error.strerror}; every start is slow")
    usable = "" if os.access(folder, os.W_OK) else ", cannot be written: every start is slow"
    return Fact("cache", f"{folder}, {len(sizes)} files, {sum(sizes) / (1 << 20):.1f} MiB{usable}")

"""What the command line of a scan asks for, and the settings it is joined with. Imports nothing it can do without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from keyguard.commands.config import Config, find_config, read_config
from keyguard.commands.places import cache_place
from keyguard.model import Confidence
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    import click

    from keyguard.model.silence import Override
    from keyguard.scan import ScanOptions

Value = TypeVar("Value")


class Wishes(NamedTuple):
    """The command line as click read it; None and () where it is silent."""

    targets: tuple[str, ...] = ()
    history: bool = False
    branch: str = ""
    since: str = ""
    range: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    min_confidence: str | None = None
    show_secrets: bool = False
    exit_code: int = 1
    exclude: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    include_ignored: bool | None = None
    git: bool | None = None
    config: str | None = None
    jobs: int | None = None
    engine: str | None = None
    max_object_size: int | None = None
    memory: int | None = None
    delta: bool = True
    quiet: bool = False
    verbose: bool = False
    baseline: str = ""
    write_baseline: str = ""
    show_allowed: bool = False
    staged: bool = False
    since_ref: str = ""
    pre_push: bool = False
    pre_receive: bool = False
    commit_msg: str = ""
    max_decode_depth: int | None = None
    containers: bool | None = None
    verify: bool = False
    only_live: bool = False
    offline: bool = False
    explain: bool = False
    trust_rules: tuple[str, ...] = ()
    machine: bool = False
    processes: bool = False


def usage_error(message: str) -> click.UsageError:
    """What to raise for a wrong command line. (A right one does without click: 20 ms.)"""
    import click

    return click.UsageError(message)


def configuration(named: str | None = None, folder: str = os.curdir) -> Config:
    """The settings in the file that was `named`, there or by KEYGUARD_CONFIG (empty: none).

    Else those in the one for `folder` (empty: nothing local).
    """
    named = named if named is not None else os.environ.get("KEYGUARD_CONFIG")
    if named is not None:
        return read_config(named)._replace(named=True) if named else Config()
    path = find_config(folder) if folder else ""
    return read_config(path) if path else Config()


def scan_options(wishes: Wishes, config: Config, folder: str) -> ScanOptions:
    """The command line wins over the file; lists add up."""
    from keyguard.commands.silencing import gather
    from keyguard.scan import ScanOptions

    plain = ScanOptions()
    word = wishes.min_confidence or config.min_confidence
    return ScanOptions(
        min_confidence=Confidence[word.upper()] if word else plain.min_confidence,
        jobs=_first(wishes.jobs, config.jobs, plain.jobs),
        engine=wishes.engine or config.engine or plain.engine,
        delta=wishes.delta,
        cache=cache_place(),
        rules=(*config.rules, *wishes.rules),
        disabled=(*config.disable, *wishes.disable),
        exclude=(*config.exclude, *wishes.exclude),
        include_ignored=_first(wishes.include_ignored, config.include_ignored, plain.include_ignored),
        use_git=_first(wishes.git, config.git, plain.use_git),
        max_object=_first(wishes.max_object_size, config.max_object_size, plain.max_object),
        memory=_first(wishes.memory, config.memory, plain.memory),
        decode_depth=_first(wishes.max_decode_depth, config.max_decode_depth, plain.decode_depth),
        containers=config.containers if wishes.containers is None else wishes.containers,
        explain=wishes.explain,
        overrides=_overrides(config),
        silencing=gather(folder, config, baseline=wishes.baseline, written=wishes.write_baseline),
    )


def _overrides(config: Config) -> tuple[Override, ...]:
    if "rule" not in config.tables:
        return ()
    from keyguard.commands.allow_config import read_overrides

    return read_overrides(config)


def _first(*values: Value | None) -> Value:
    """The first value that was set; the last one always is."""
    return next(value for value in values if value is not None)

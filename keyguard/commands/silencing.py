"""Gathers what a scan is told not to count: ignore files, the baseline, and the tables of the configuration."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from keyguard.errors import ConfigError
from keyguard.model import Silencing

if TYPE_CHECKING:
    from typing import TextIO

    from keyguard.commands.config import Config
    from keyguard.model import Report
    from keyguard.model.silence import Baseline, Exemption, IgnoreFile

IGNORE_NAME = ".keyguardignore"


def gather(folder: str, config: Config, *, baseline: str = "", written: str = "") -> Silencing:
    """What silences findings below `folder` ("": a place that is not local).

    `baseline` is the file to heed, `written` the one that will be written from this scan's report: its salt and what a
    person said of its entries live on.
    """
    silencing = Silencing(
        root=_root(folder) if folder else b"",
        today=time.strftime("%Y-%m-%d", time.gmtime()),  # datetime takes 1 ms to import
        exemptions=_exemptions(config),
        ignores=_ignore_files(folder) if folder else (),
        baseline=read_baseline(baseline) if baseline else None,
    )
    if written and not silencing.baseline and not any(each.salt for each in silencing.ignores):
        silencing = silencing._replace(salt=_salt(folder, written))
    return silencing


def read_baseline(path: str) -> Baseline:
    """ConfigError where the file cannot be read, or is no baseline."""
    from keyguard.triage.baseline import parse_baseline

    return parse_baseline(_read(path, "keyguard scan --write-baseline FILE writes a new one"), path)


def save_baseline(report: Report, silencing: Silencing, path: str) -> tuple[Report, int]:
    """Write every secret of the report that no comment, setting or ignore file allows. Returns what counts now."""
    from keyguard.commands.output import write_file
    from keyguard.model import Allowance, Allowed
    from keyguard.model.silence import Baseline
    from keyguard.triage.baseline import known_secret, write_baseline
    from keyguard.triage.rooted import Root

    before = [each for each in (silencing.baseline, read_baseline(path) if os.path.isfile(path) else None) if each]
    known = {entry.fingerprint: entry for each in before for entry in each.entries}
    by_baseline = [each.finding for each in report.allowed if each.allowance.by == "baseline"]
    root = Root(silencing.root)
    entries = {}
    for finding in (*report.findings, *by_baseline):
        paths = [
            (place.location.path if place.provenance else root.seen(place.location.path)).decode("utf-8", "replace")
            for place in finding.occurrences
            if place.location.path
        ]
        entries[finding.fingerprint] = known_secret(finding, paths, known.get(finding.fingerprint))
    salts = [silencing.salt, *(file.salt for file in silencing.ignores), *(each.salt for each in before)]
    salt = next(filter(None, salts), "")
    text = write_baseline(Baseline(path, salt, tuple(entries.values())))

    def write(stream: TextIO) -> None:
        stream.write(text)

    write_file(path, write, private=False)
    written = tuple(Allowed(finding, Allowance("baseline", path)) for finding in report.findings)
    return report._replace(findings=(), allowed=(*report.allowed, *written)), len(entries)


def _exemptions(config: Config) -> tuple[Exemption, ...]:
    if "allow" not in config.tables:
        return ()
    from keyguard.commands.allow_config import read_exemptions

    return read_exemptions(config)


def _root(folder: str) -> bytes:
    """The top of the repository around a folder or file, else the folder itself; absolute, without symbolic links."""
    from keyguard.git.repository import enclosing

    here = os.path.realpath(os.fsencode(folder))
    here = here if os.path.isdir(here) else os.path.dirname(here)
    return enclosing(here) or here


def _ignore_files(folder: str) -> tuple[IgnoreFile, ...]:
    """Those of the root and of the folder that is scanned."""
    here = os.path.realpath(os.fsencode(folder))
    here = here if os.path.isdir(here) else os.path.dirname(here)
    folders = dict.fromkeys((_root(folder), here))
    return tuple(file for each in folders if (file := read_ignore(each)))


def read_ignore(folder: bytes) -> IgnoreFile | None:
    """The ignore file of a folder, if it has one. ConfigError names file and line of what is wrong in it."""
    path = os.path.join(os.fsdecode(folder), IGNORE_NAME)
    if not os.path.lexists(path):
        return None
    from keyguard.triage.ignore import parse_ignore

    shown = path.removeprefix(os.path.join(os.path.realpath(os.curdir), ""))
    return parse_ignore(_read(path, "", shown), shown, folder)


def _salt(folder: str, written: str) -> str:
    """The salt for a baseline to write: that of the file as it is, else the repository's, else a new one."""
    if os.path.isfile(written):
        return read_baseline(written).salt
    from keyguard.git.repository import find_repository
    from keyguard.git.salt import root_commit

    repository = find_repository(os.fsencode(folder)) if folder else None
    root = root_commit(repository) if repository else None
    return root or os.urandom(20).hex()


def _read(path: str, hint: str, shown: str = "") -> str:
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except UnicodeDecodeError:
        raise ConfigError(f"{shown or path}: not UTF-8", hint) from None
    except OSError as error:
        raise ConfigError(f"cannot read {shown or path}: {error.strerror}", hint) from None

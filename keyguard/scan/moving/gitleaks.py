"""Imports what gitleaks and betterleaks read: the configuration, the ignore file, a report used as a baseline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from keyguard.errors import ConfigError
from keyguard.model.silence import Known
from keyguard.providers.gitleaks import is_gitleaks, read_gitleaks
from keyguard.scan.moving.places import Places
from keyguard.scan.moving.plan import BASELINE, CONFIG, IGNORE, Carried, Plan, baseline_text, config_text, ignore_text
from keyguard.triage.group import Sighting

_HEX = frozenset("0123456789abcdef")
_COMMITS = (40, 64)
_FORM = "expected COMMIT:FILE:RULE:LINE or FILE:RULE:LINE"


class Place(NamedTuple):
    """Where gitleaks found something; `secret` is "" where it is not told."""

    commit: str
    path: str
    rule: str
    line: int
    secret: str = ""

    @property
    def shown(self) -> str:
        return f"{self.rule} at {self.commit[:10] + ' ' if self.commit else ''}{self.path}:{self.line}"


def import_files(tool: str, files: list[Path], root: Path, places: Places, salt: str) -> Plan:
    """The plan for files of one repository."""
    plan = Plan({}, (), ())
    for file in files:
        if file.suffix == ".toml":
            step = _config(tool, file, root)
        elif file.suffix == ".json":
            step = _report(file, places, salt)
        else:
            step = _ignore(tool, file, places, salt)
        plan = Plan({**plan.files, **step.files}, (*plan.done, *step.done), (*plan.left, *step.left))
    return plan


def _config(tool: str, file: Path, root: Path) -> Plan:
    if not is_gitleaks(file):
        raise ConfigError(f"{file}: not a configuration of {tool}")
    read = read_gitleaks(file)
    try:
        name = file.resolve().relative_to(root).as_posix()
    except ValueError:
        name = str(file.resolve())
    if read.rules or any(exemption.matches for exemption in read.exemptions):
        # It is run as it is: nothing that is said in it can be lost in writing it down again.
        text = config_text(tool, Carried(rules=(name,)))
        done = (
            f"{name}: {len(read.rules)} rules and {len(read.exemptions)} allowlists run from the file as it is; keep it"
        )
    else:
        text = config_text(tool, Carried(exemptions=read.exemptions))
        done = f"{name}: {len(read.exemptions)} allowlists are in {CONFIG}; the file is not needed any more"
    return Plan({CONFIG: text}, (done,), read.notes)


def _ignore(tool: str, file: Path, places: Places, salt: str) -> Plan:
    lines: list[tuple[str, str]] = []
    left: list[str] = []
    count = 0
    for number, raw in enumerate(_text(file).splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        place = _place(line)
        if place is None:
            left.append(f"{file.name}:{number}: {line!r}: {_FORM}")
            continue
        known = _known(place, places)
        if known:
            count += 1
            lines += [(each.fingerprint, f"{tool}: {place.shown}") for each in known]
        else:
            left.append(f"{file.name}:{number}: {place.shown}: {_why_not(place, places)}")
    done = f"{file.name}: {count} entries are {len(dict(lines))} fingerprints in {IGNORE}"
    return Plan({IGNORE: ignore_text(tool, salt, lines)}, (done,), tuple(left))


def _report(file: Path, places: Places, salt: str) -> Plan:
    entries: dict[str, Known] = {}
    left: list[str] = []
    count = 0
    for place in _places(file):
        known = _known(place, places)
        count += bool(known)
        for each in known:
            before = entries.get(each.fingerprint)
            paths = {*(before.paths if before else ()), *each.paths}
            entries[each.fingerprint] = each._replace(paths=tuple(sorted(paths)))
        if not known:
            left.append(f"{file.name}: {place.shown}: {_why_not(place, places)}")
    done = f"{file.name}: {count} entries are {len(entries)} secrets in {BASELINE}"
    return Plan({BASELINE: baseline_text(salt, entries.values())}, (done,), tuple(left))


def _known(place: Place, places: Places) -> list[Known]:
    found = places.on_line(place.path, place.line, place.commit)
    if place.secret:
        found = [each for each in found if _is_same(each, place.secret.encode())] or found
    return places.known(found, place.path)


def _is_same(sighting: Sighting, secret: bytes) -> bool:
    return sighting.value in secret or secret in sighting.value


def _why_not(place: Place, places: Places) -> str:
    if places.text(place.path, place.commit) is None:
        return "no such file there any more"
    return "keyguard finds nothing there, so there is nothing to allow"


def _place(line: str) -> Place | None:
    head, _, number = line.rpartition(":")
    head, _, rule = head.rpartition(":")
    commit, _, path = head.partition(":")
    if len(commit) not in _COMMITS or not set(commit.lower()) <= _HEX:
        commit, path = "", head
    if not (path and rule and number.isascii() and number.isdigit()):
        return None
    return Place(commit.lower(), path, rule, int(number))


def _places(file: Path) -> Iterator[Place]:
    try:
        rows = json.loads(_text(file))
    except (ValueError, RecursionError):
        raise ConfigError(f"{file}: not a JSON report of gitleaks") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "RuleID" in row for row in rows):
        raise ConfigError(f"{file}: not a JSON report of gitleaks", "write one with: --report-format json")
    for row in rows:
        secret = _word(row, "Secret")
        hidden = secret.startswith("REDACTED") or secret.endswith("...")
        line = row.get("StartLine")
        yield Place(
            _word(row, "Commit"),
            _word(row, "File"),
            _word(row, "RuleID"),
            line if isinstance(line, int) else 0,
            "" if hidden else secret,
        )


def _word(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: not UTF-8") from None
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from None

"""Imports a baseline of detect-secrets: its secrets, which it holds as SHA-1, what was said of them, and its filters.

The format: https://github.com/Yelp/detect-secrets/blob/master/docs/design.md
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from keyguard.errors import ConfigError
from keyguard.model.silence import Exemption, Known
from keyguard.scan.moving.places import Places
from keyguard.scan.moving.plan import BASELINE, CONFIG, Carried, Plan, baseline_text, config_text
from keyguard.triage.exemption import compile_pattern
from keyguard.triage.group import Sighting

_TOOL = "detect-secrets"
_FILTERS = {"should_exclude_file": "paths", "should_exclude_line": "lines", "should_exclude_secret": "values"}
# What a plugin may have taken for the value: a run without spaces, with or without quotes and brackets around it.
_TOKEN = re.compile(rb"[^\s\"'`]+")
_PIECES = re.compile(rb"[^\s\"'`=:,;(){}\[\]<>@]+")
_AUDITS = {True: "real", False: "false"}
# They ask heuristics that keyguard has its own of, or a network.
_OWN_FILTERS = (
    "detect_secrets.filters.heuristic.",
    "detect_secrets.filters.allowlist.",
    "detect_secrets.filters.common.",
)


class Entry(NamedTuple):
    """One secret of the baseline. `audit`: "real", "false" or ""."""

    path: str
    kind: str
    digest: str
    line: int
    audit: str


def import_baseline(file: Path, places: Places, salt: str) -> Plan:
    """The plan for a `.secrets.baseline`."""
    data = _data(file)
    entries = list(_entries(file, data))
    known: dict[str, Known] = {}
    left: list[str] = []
    for entry in entries:
        sightings = _sightings(entry, places)
        for each in places.known(sightings, entry.path):
            before = known.get(each.fingerprint)
            # What one entry says is real stays so, whatever another says.
            audit = "real" if before and before.audit == "real" else entry.audit or (before.audit if before else "")
            paths = tuple(sorted({*(before.paths if before else ()), *each.paths}))
            known[each.fingerprint] = each._replace(audit=audit, paths=paths)
        if not sightings:
            left.append(f"{entry.kind} at {entry.path}:{entry.line}: {_why_not(entry, places)}")
    exemptions, more = _filters(data)
    itself = Exemption("config", "", "a baseline of detect-secrets holds hashes, no secrets", globs=(file.name,))
    files = {
        BASELINE: baseline_text(salt, known.values()),
        CONFIG: config_text(_TOOL, Carried(exemptions=(*exemptions, itself))),
    }
    done = [
        f"{len(entries) - len(left)} of {len(entries)} entries are {len(known)} secrets in {BASELINE}",
        f"{len(exemptions)} filters are in {CONFIG}",
    ]
    return Plan(files, tuple(done), (*left, *more))


def _sightings(entry: Entry, places: Places) -> list[Sighting]:
    """What keyguard finds of a secret: the same value; else what overlaps it on a line that holds it."""
    found = places.found(entry.path)
    same = [each for each in found if _sha1(each.value) == entry.digest]
    if same:
        return same
    text = places.text(entry.path) or b""
    spans = [span for token in (_TOKEN, _PIECES) for span in _spans(text, token, entry.digest)]
    return [each for each in found if any(_overlaps(each, span) for span in spans)]


def _spans(text: bytes, token: re.Pattern[bytes], digest: str) -> Iterator[tuple[int, int]]:
    for match in token.finditer(text):
        if _sha1(match[0]) == digest:
            yield match.span()


def _overlaps(sighting: Sighting, span: tuple[int, int]) -> bool:
    location = sighting.occurrence.location
    return location.start < span[1] and span[0] < location.end


def _why_not(entry: Entry, places: Places) -> str:
    if places.text(entry.path) is None:
        return "no such file any more"
    return "keyguard finds nothing there, so there is nothing to allow"


def _sha1(value: bytes) -> str:
    return hashlib.sha1(value, usedforsecurity=False).hexdigest()


def _data(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{file}: not a baseline of detect-secrets") from None
    if not isinstance(data, dict) or not isinstance(data.get("results"), dict):
        raise ConfigError(f"{file}: not a baseline of detect-secrets")
    return data


def _entries(file: Path, data: dict[str, Any]) -> Iterator[Entry]:
    for path, rows in data["results"].items():
        for row in rows if isinstance(rows, list) else ():
            digest = row.get("hashed_secret") if isinstance(row, dict) else None
            if not isinstance(digest, str):
                raise ConfigError(f"{file}: an entry of {path} has no hashed_secret")
            line = row.get("line_number", 0)
            name = path.replace("\\", "/")
            yield Entry(name, str(row.get("type", "")), digest.lower(), line, _AUDITS.get(row.get("is_secret"), ""))


def _filters(data: dict[str, Any]) -> tuple[tuple[Exemption, ...], tuple[str, ...]]:
    """The filters of a person as exemptions, and those that have no counterpart."""
    exemptions: list[Exemption] = []
    left: list[str] = []
    for row in [*_old_filters(data), *data.get("filters_used", [])]:
        path = str(row.get("path", ""))
        field = _FILTERS.get(path.rpartition(".")[2])
        patterns = tuple(_list_of(row.get("pattern")))
        if field and patterns:
            exemptions += [_exemption(field, each) for each in patterns if _is_regex(each, left)]
        elif not path.startswith(_OWN_FILTERS):
            left.append(f"the filter {path} has no counterpart")
    plugins = [each for each in data.get("plugins_used", []) if isinstance(each, dict) and each.get("path")]
    left += [f"the plugin {each.get('name')} of {each['path']}: write it as a rule (docs/rules.md)" for each in plugins]
    return tuple(exemptions), tuple(left)


def _old_filters(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Baselines before version 1.0 have `exclude`."""
    exclude = data.get("exclude")
    for key, name in (("files", "should_exclude_file"), ("lines", "should_exclude_line")):
        if isinstance(exclude, dict) and exclude.get(key):
            yield {"path": name, "pattern": exclude[key]}


def _list_of(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]


def _is_regex(pattern: str, left: list[str]) -> bool:
    try:
        compile_pattern(pattern)
    except ValueError as error:
        left.append(f"the filter {pattern!r}: {error}")
        return False
    return True


def _exemption(field: str, pattern: str) -> Exemption:
    made = Exemption("config", "", f"imported from {_TOOL}")
    if field == "paths":
        return made._replace(paths=(pattern,))
    return made._replace(lines=(pattern,)) if field == "lines" else made._replace(values=(pattern,))

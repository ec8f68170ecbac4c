"""Baseline files: the secrets a team knows of already, by fingerprint; no secret, and nothing that moves with lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from keyguard.errors import ConfigError
from keyguard.model import Finding
from keyguard.model.silence import Baseline, Known
from keyguard.triage.ignore import SALT

SCHEMA: Final = 1
AUDITS: Final = ("", "real", "false")
# Not "salt": scanners, keyguard among them, would take the value for a secret.
_SALT: Final = "made_with"
_HINT = "keyguard scan --write-baseline FILE writes a new one; keyguard import turns another tool's into one"
_DIGITS = 32
_MOST_PATHS = 5


def parse_baseline(text: str, path: str) -> Baseline:
    """Read a baseline. ConfigError says what is wrong with it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not a baseline: {_shortened(str(error))}", _HINT) from None
    if not isinstance(data, dict) or "keyguard_baseline" not in data:
        raise ConfigError(f"{path}: {_stranger(data)}", _HINT)
    if data["keyguard_baseline"] != SCHEMA or isinstance(data["keyguard_baseline"], bool):
        raise ConfigError(
            f"{path}: a baseline of schema {data['keyguard_baseline']!r}, expected {SCHEMA}",
            "a newer keyguard wrote it",
        )
    salt, entries = data.get(_SALT), data.get("entries")
    if not isinstance(salt, str) or not SALT.fullmatch(salt):
        raise ConfigError(f"{path}: no `{_SALT}`, the salt of its fingerprints", _HINT)
    if not isinstance(entries, list):
        raise ConfigError(f"{path}: `entries` is no list", _HINT)
    return Baseline(path, salt, tuple(_known(path, number, entry) for number, entry in enumerate(entries, 1)))


def write_baseline(baseline: Baseline) -> str:
    """The file's text: one entry a line, sorted, so that changes to it merge and can be read."""
    rows = [json.dumps(_members(entry), ensure_ascii=True) for entry in sorted(baseline.entries, key=_order)]
    lines = ",\n".join(f"    {row}" for row in rows)
    head = f'{{\n  "keyguard_baseline": {SCHEMA},\n  "{_SALT}": {json.dumps(baseline.salt)},\n  "entries": ['
    return f"{head}\n{lines}\n  ]\n}}\n" if rows else f"{head}]\n}}\n"


def known_secret(finding: Finding, paths: Iterable[str], before: Known | None = None) -> Known:
    """The entry of a finding; what a person said of it `before` stays."""
    return Known(
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        masked=finding.secret.masked,
        paths=tuple(sorted(set(paths)))[:_MOST_PATHS],
        audit=before.audit if before else "",
        note=before.note if before else "",
    )


def _order(entry: Known) -> tuple[tuple[str, ...], str, str]:
    return entry.paths, entry.rule, entry.fingerprint


def _members(entry: Known) -> dict[str, Any]:
    said = {key: value for key, value in (("audit", entry.audit), ("note", entry.note)) if value}
    # The rule comes last: a value behind "…-token" would look like one.
    return {
        "fingerprint": entry.fingerprint,
        "masked": entry.masked,
        "paths": list(entry.paths),
        **said,
        "rule": entry.rule,
    }


def _known(path: str, number: int, entry: Any) -> Known:
    where = f"{path}: entry {number}"
    if not isinstance(entry, dict):
        raise ConfigError(f"{where} is no object", _HINT)
    unknown = set(entry) - {"fingerprint", "rule", "masked", "paths", "audit", "note"}
    if unknown:
        raise ConfigError(f"{where}: unknown key {min(unknown)!r}", _HINT)
    texts = {key: entry.get(key, "") for key in ("fingerprint", "rule", "masked", "audit", "note")}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise ConfigError(f"{where}: {key} is no text", _HINT)
    digits = texts["fingerprint"]
    if len(digits) != _DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise ConfigError(f"{where}: fingerprint is not {_DIGITS} hex digits", _HINT)
    if texts["audit"] not in AUDITS:
        raise ConfigError(f"{where}: audit is {texts['audit']!r}, expected real or false", _HINT)
    paths = entry.get("paths", [])
    if not isinstance(paths, list) or not all(isinstance(each, str) for each in paths):
        raise ConfigError(f"{where}: paths is no list of texts", _HINT)
    return Known(digits, texts["rule"], texts["masked"], tuple(paths), texts["audit"], texts["note"])


def _stranger(data: Any) -> str:
    """Whose file this is, where it can be told."""
    if isinstance(data, dict) and "plugins_used" in data:
        return "a detect-secrets baseline, not one of keyguard (keyguard import detect-secrets)"
    if isinstance(data, list) and (not data or (isinstance(data[0], dict) and "RuleID" in data[0])):
        return "a gitleaks report, not a baseline of keyguard (keyguard import gitleaks)"
    if isinstance(data, dict) and "findings" in data:
        return "a keyguard report, not a baseline"
    return "not a baseline of keyguard"


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else text[:97] + "..."

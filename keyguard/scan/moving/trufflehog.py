"""Imports what trufflehog is given: a file of excluded paths, and custom detectors of its configuration.

The formats: https://docs.trufflesecurity.com/custom-detectors and `trufflehog --help` (--exclude-paths).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from keyguard.errors import ConfigError, RuleError
from keyguard.model.silence import Exemption
from keyguard.providers.re2 import translate
from keyguard.scan.moving.plan import CONFIG, Carried, Plan, config_text, toml_text

RULES: Final = "keyguard-trufflehog.toml"
_UNKNOWN: Final = ("exclude_words", "exclude_regexes_match", "exclude_regexes_capture", "validations")


def import_file(file: Path) -> Plan:
    """The plan for a configuration (`.yaml`, `.yml`) or a file of excluded paths (anything else)."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {file}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    return _config(file, text) if file.suffix in (".yaml", ".yml") else _excluded(text)


def _excluded(text: str) -> Plan:
    """One regular expression a line, searched for in the path."""
    patterns: list[str] = []
    left: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            continue
        try:
            patterns.append(translate(line).pattern.replace("(?P<secret>", "(?:"))
        except RuleError as error:
            left.append(f"the path {line!r}: {error}")
    exemption = Exemption("config", "", "trufflehog excludes these paths", paths=tuple(patterns))
    files = {CONFIG: config_text("trufflehog", Carried(exemptions=(exemption,)))} if patterns else {}
    return Plan(files, (f"{len(patterns)} excluded paths are in {CONFIG}",), tuple(left))


def _config(file: Path, text: str) -> Plan:
    left: list[str] = []
    rules = [rule for detector in _detectors(file, text) for rule in _rules(detector, left)]
    if not rules:
        return Plan({}, ("0 custom detectors",), tuple(left))
    files = {RULES: "# Imported from trufflehog.\n" + "".join(rules)}
    files[CONFIG] = config_text("trufflehog", Carried(rules=(RULES,)))
    return Plan(files, (f"{len(rules)} patterns of custom detectors are rules in {RULES}",), tuple(left))


def _detectors(file: Path, text: str) -> list[dict[str, Any]]:
    try:
        yaml: Any = import_module("yaml")
    except ImportError:
        raise ConfigError(f"{file}: reading YAML takes a package that is not here", "pip install pyyaml") from None
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(f"{file}: not YAML") from None
    detectors = data.get("detectors", []) if isinstance(data, dict) else []
    return [each for each in detectors if isinstance(each, dict)]


def _rules(detector: dict[str, Any], left: list[str]) -> Iterator[str]:
    name = str(detector.get("name", "detector"))
    if detector.get("verify"):
        left.append(f"{name}: its verification server is not asked")
    left += [f"{name}: {key} is not carried over" for key in _UNKNOWN if detector.get(key)]
    keywords = ", ".join(toml_text(str(word)) for word in detector.get("keywords", []))
    patterns = detector.get("regex", {})
    if isinstance(patterns, dict) and len(patterns) > 1:
        left.append(f"{name}: each of its {len(patterns)} patterns is found without the others")
    entropy = detector.get("entropy", 0)
    for key, pattern in patterns.items() if isinstance(patterns, dict) else ():
        try:
            translate(str(pattern), bound=1)
        except RuleError as error:
            left.append(f"{name}: {key}: {error}")
            continue
        yield (
            f"\n[[rules]]\nid = {toml_text(f'{name}-{key}')}\ndescription = {toml_text(name)}\n"
            f"regex = {toml_text(str(pattern))}\nkeywords = [{keywords}]\nentropy = {float(entropy)}\n"
        )

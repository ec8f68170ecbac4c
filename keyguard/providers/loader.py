"""Loads the rules: from the cache in milliseconds, else from the provider files, which takes the parsers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyguard.errors import RuleError
from keyguard.model.rule import RuleSet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from pathlib import Path

    from keyguard.model import Rule
    from keyguard.model.silence import Exemption
    from keyguard.providers.providerfile import ProviderFile


def parse_provider(path: Path) -> ProviderFile:
    """Read and check one provider file; see `providerfile.read_provider`."""
    from keyguard.providers.providerfile import read_provider

    return read_provider(path)


def load_rules(extra: Sequence[str | PathLike[str]] = (), *, cache: str | PathLike[str] | None = None) -> RuleSet:
    """The built-in rules and those of the user's files (a folder stands for the .toml files in it).

    With a folder `cache` the outcome is kept there and read back as long as no file changed. RuleError for a file that
    is wrong, and for a provider or rule id that two files give.
    """
    own = _toml_files(extra)
    if cache is None:
        return _read_all(builtin_files(), own)
    from keyguard.providers.rulecache import RuleCache

    kept = RuleCache(cache, _builtin_folder(), own)
    found = kept.read()
    if found is None:
        builtin = builtin_files()
        found = _joined(load_rules(cache=cache), builtin, own) if own else _read_all(builtin, [])
        if not any(map(_leads_on, own)):
            kept.write(found)
    return found


def _leads_on(path: Path) -> bool:
    """Whether a file of gitleaks may extend another one, which the cache knows nothing of."""
    try:
        return b"extend" in path.read_bytes()
    except OSError:
        return False


def builtin_files() -> list[Path]:
    """The provider files that come with keyguard, by name."""
    from pathlib import Path

    return sorted(Path(_builtin_folder()).glob("*.toml"))


def builtin_file(provider: str) -> Path | None:
    """The provider file of that name that comes with keyguard; None where there is none."""
    from pathlib import Path

    path = Path(_builtin_folder(), f"{provider}.toml")
    is_name = provider.isascii() and provider.replace("-", "").isalnum()
    return path if is_name and path.is_file() else None


def _builtin_folder() -> str:
    """`rules/` in the package, or beside it in an editable install.

    (importlib.resources would say the same after 20 ms of imports, and pathlib takes 6.)
    """
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for around in (package, os.path.dirname(package)):
        folder = os.path.join(around, "rules")
        if os.path.isdir(folder):
            return folder
    raise RuleError("the built-in rules are missing", hint="install keyguard again")


def _toml_files(places: Sequence[str | PathLike[str]]) -> list[Path]:
    if not places:
        return []
    from pathlib import Path

    files: list[Path] = []
    for place in map(Path, places):
        files += sorted(place.glob("*.toml")) if place.is_dir() else [place]
    return files


def _read_all(builtin: list[Path], own: list[Path]) -> RuleSet:
    """Built-in patterns are known to compile (tests prove it); compiling them all would take seconds."""
    from keyguard.providers.providerfile import read_provider

    files = [read_provider(path, proven=True) for path in builtin]
    rules = [rule for file in files for rule in file.rules]
    _refuse_twins(rules, {file.provider.id: path for file, path in zip(files, builtin)})
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    return _joined(RuleSet(tuple(file.provider for file in files), ordered), builtin, own)


def _joined(base: RuleSet, builtin: list[Path], own: list[Path]) -> RuleSet:
    """The built-in rules with those of a person's files."""
    from keyguard.providers.gitleaks import is_gitleaks, read_gitleaks
    from keyguard.providers.providerfile import read_provider

    providers = {provider.id: provider for provider in base.providers}
    rules = list(base.rules)
    exemptions: list[Exemption] = []
    notes: list[str] = []
    places = {path.stem: path for path in builtin}
    for path in own:
        if is_gitleaks(path):
            provider, its_rules, its_exemptions, its_notes = read_gitleaks(path)
            exemptions += its_exemptions
            notes += its_notes
        else:
            provider, its_rules, _, _ = read_provider(path)
        if provider.id in providers:
            raise RuleError(
                f"{path}: provider id {provider.id!r} is used by {places[provider.id]} too, expected a new one"
            )
        providers[provider.id], places[provider.id] = provider, path
        rules += its_rules
    _refuse_twins(rules, places)
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    return RuleSet(tuple(providers[name] for name in sorted(providers)), ordered, tuple(exemptions), tuple(notes))


def _refuse_twins(rules: list[Rule], places: dict[str, Path]) -> None:
    """Ids of `a-b` rules can meet those of provider `a`, so rule ids are compared too."""
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            first = places[seen[rule.id].provider]
            raise RuleError(f"{places[rule.provider]}: rule id {rule.id!r} is used by {first} too, expected a new one")
        seen[rule.id] = rule

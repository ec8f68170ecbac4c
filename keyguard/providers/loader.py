"""Loads the rules: from the cache in milliseconds, else from the provider files, which takes the parsers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.errors import RuleError
from keyguard.model import Confidence, Provider, Rule, Severity
from keyguard.model.silence import Exemption
from keyguard.version import VERSION

if TYPE_CHECKING:
    from keyguard.providers.providerfile import ProviderFile

_FORMAT = 1


class RuleSet(NamedTuple):
    """All providers and rules, both sorted by id. The place of a rule in `rules` is its number in `Hits`.

    `exemptions` are what rule files of other scanners allow; `notes` say what of such files could not be carried over.
    """

    providers: tuple[Provider, ...]
    rules: tuple[Rule, ...]
    exemptions: tuple[Exemption, ...] = ()
    notes: tuple[str, ...] = ()


def parse_provider(path: Path) -> ProviderFile:
    """Read and check one provider file; see `providerfile.read_provider`."""
    from keyguard.providers.providerfile import read_provider

    return read_provider(path)


def load_rules(extra: Sequence[Path] = (), *, cache: Path | None = None) -> RuleSet:
    """The built-in rules and those of the user's files (a folder stands for the .toml files in it).

    With a folder `cache` the outcome is kept there and read back as long as no file changed. RuleError for a file that
    is wrong, and for a provider or rule id that two files give.
    """
    builtin, own = builtin_files(), _toml_files(extra)
    if cache is None:
        return _read_all(builtin, own)
    key = _key([*builtin, *own])
    place = cache / f"rules-{_digest([*builtin, *own])}.json"
    found = _read_cache(place, key)
    if found is None:
        found = _joined(load_rules(cache=cache), builtin, own) if own else _read_all(builtin, [])
        if not any(map(_leads_on, own)):
            _write_cache(place, key, found)
    return found


def _leads_on(path: Path) -> bool:
    """Whether a file of gitleaks may extend another one, which the cache knows nothing of."""
    try:
        return b"extend" in path.read_bytes()
    except OSError:
        return False


def builtin_files() -> list[Path]:
    """The provider files that come with keyguard, by name.

    They are `rules/` in the package, or beside it in an editable install. (importlib.resources would say the same
    after 20 ms of imports.)
    """
    package = Path(__file__).parent.parent
    for folder in (package / "rules", package.parent / "rules"):
        if folder.is_dir():
            return sorted(folder.glob("*.toml"))
    raise RuleError("the built-in rules are missing", hint="install keyguard again")


def _toml_files(places: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for place in places:
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


def _key(files: list[Path]) -> list[Any]:
    """What the outcome depends on: the provider files, this package's own code, and the versions."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    stats = [(str(path), *_stat(path)) for path in [*code, *files]]
    return [_FORMAT, VERSION, list(sys.version_info[:2]), [list(row) for row in stats]]


def _stat(path: Path) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return (-1, -1)
    return status.st_size, status.st_mtime_ns


def _digest(files: list[Path]) -> str:
    """Tells sets of files apart, so that two of them do not push each other out of the cache."""
    from zlib import crc32

    return f"{crc32(os.pathsep.join(map(str, files)).encode('utf-8', 'surrogateescape')):08x}"


def _read_cache(place: Path, key: list[Any]) -> RuleSet | None:
    """None for whatever reason the cache is of no use."""
    import json

    from keyguard.state.cache import read_private

    data = read_private(place)
    if data is None:
        return None
    try:
        kept = json.loads(data)
        if kept["key"] != key:
            return None
        exemptions = tuple(Exemption._make(tuple(row[:4]) + tuple(map(tuple, row[4:]))) for row in kept["exemptions"])
        rules = tuple(map(_rule, kept["rules"]))
        return RuleSet(tuple(map(_provider, kept["providers"])), rules, exemptions, tuple(kept["notes"]))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _provider(row: list[Any]) -> Provider:
    provider = Provider._make(row)
    return provider._replace(hosts=tuple(provider.hosts), rules=tuple(provider.rules))


def _rule(row: list[Any]) -> Rule:
    identity, provider, title, severity, confidence, *rest = row
    rule = Rule(identity, provider, title, Severity(severity), Confidence(confidence), *rest)
    return rule._replace(parts=tuple(rule.parts), keywords=tuple(rule.keywords))


def _write_cache(place: Path, key: list[Any], rules: RuleSet) -> None:
    import json

    from keyguard.state.cache import write_private

    kept = {"key": key, **rules._asdict()}
    write_private(place, json.dumps(kept, separators=(",", ":")).encode())

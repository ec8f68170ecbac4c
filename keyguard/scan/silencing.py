"""Settles which findings of a scan count, and says of the others what allowed them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from keyguard.errors import ConfigError
from keyguard.model import Allowance, Allowed, Finding, Occurrence, Rule
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.silence import IgnoreFile, IgnoreLine, Silencing
from keyguard.triage.group import Sighting, group
from keyguard.triage.rooted import Root

_MOST_NOTES = 20


class Settled(NamedTuple):
    """Findings that count, those that do not, and what to tell the keeper of baseline and ignore file."""

    findings: tuple[Finding, ...]
    allowed: tuple[Allowed, ...]
    notes: tuple[str, ...]


def settle(
    rules: Sequence[Rule],
    sightings: Sequence[Sighting],
    silencing: Silencing,
    default_key: Callable[[], bytes],
    *,
    whole: bool,
) -> Settled:
    """Groups the sightings and takes out what is allowed.

    `default_key` gives the key of fingerprints where no file names a salt. `whole`: everything there is was scanned, so
    that a secret of the baseline that was not seen is gone.
    """
    notes = list(_expired(silencing))
    if not sightings and not (silencing.baseline and whole):
        return Settled((), (), tuple(notes))
    key = _key(silencing, default_key)
    by_allowance: dict[Allowance | None, list[Sighting]] = {None: []}
    for sighting in sightings:
        by_allowance.setdefault(sighting.allowed, []).append(sighting)
    counted: list[Finding] = []
    allowed = [
        Allowed(finding, allowance)
        for allowance, mine in by_allowance.items()
        if allowance
        for finding in group(rules, mine, key)
    ]
    lists = _Lists(silencing)
    for finding in group(rules, by_allowance[None], key):
        left = lists.sort(finding, allowed)
        if left:
            counted.append(finding._replace(occurrences=left))
    if whole and silencing.baseline:
        notes += _stale(silencing, {each.fingerprint for each in (*counted, *(each.finding for each in allowed))})
    return Settled(tuple(counted), tuple(sorted(allowed, key=_order)), tuple(notes))


def _key(silencing: Silencing, default_key: Callable[[], bytes]) -> bytes:
    """The key of this scan's fingerprints. ConfigError where two files were made with different ones."""
    named = [(each.salt, each.path) for each in silencing.ignores if each.salt]
    if silencing.baseline:
        named.append((silencing.baseline.salt, silencing.baseline.path))
    salts = dict(reversed(named))
    if len(salts) > 1:
        raise ConfigError(
            f"{' and '.join(sorted(set(salts.values())))} name different salts: their fingerprints do not fit together",
            "keep the salt of one, and write the other again",
        )
    chosen = silencing.salt or next(iter(salts), "")
    if not chosen:
        return default_key()
    unsalted = [
        each.path for each in silencing.ignores if not each.salt and any(line.fingerprint for line in each.lines)
    ]
    if unsalted and default_key() != chosen.encode():
        other = next(iter(salts.values()), "the baseline")
        raise ConfigError(
            f"the fingerprints in {unsalted[0]} were not made with the salt of {other}",
            f"where they were, say so in {unsalted[0]}: salt {chosen}",
        )
    return chosen.encode()


class _Lists:
    """Ignore files and baseline, ready to be asked."""

    def __init__(self, silencing: Silencing) -> None:
        self._root = Root(silencing.root)
        self._files = [_Lines(each, silencing) for each in silencing.ignores]
        self._baseline = silencing.baseline
        self._known = {each.fingerprint: each for each in silencing.baseline.entries} if silencing.baseline else {}

    def sort(self, finding: Finding, allowed: list[Allowed]) -> tuple[Occurrence, ...]:
        """Adds what is allowed of a finding to `allowed`; returns the places that are left."""
        whole = self._of_secret(finding)
        if whole:
            allowed.append(Allowed(finding, whole))
            return ()
        left: list[Occurrence] = []
        by_line: dict[Allowance, list[Occurrence]] = {}
        for occurrence in finding.occurrences:
            allowance = self._of_place(occurrence)
            (by_line.setdefault(allowance, []) if allowance else left).append(occurrence)
        allowed.extend(Allowed(finding._replace(occurrences=tuple(mine)), each) for each, mine in by_line.items())
        return tuple(left)

    def _of_secret(self, finding: Finding) -> Allowance | None:
        for file in self._files:
            if line := file.secrets.get(finding.fingerprint):
                return Allowance("ignore-file", line.where, line.reason)
        known = self._known.get(finding.fingerprint)
        if known and self._baseline:
            words = [f"marked {known.audit}" if known.audit else "", known.note]
            return Allowance("baseline", self._baseline.path, ", ".join(filter(None, words)))
        return None

    def _of_place(self, occurrence: Occurrence) -> Allowance | None:
        location = occurrence.location
        if location.kind not in ("file", "path") or not location.path:
            return None
        path = location.path if occurrence.provenance else self._root.seen(location.path)
        for file in self._files:
            if line := file.line_of(path):
                return Allowance("ignore-file", line.where, line.reason)
        return None


class _Lines:
    """The lines of one ignore file that are in force."""

    def __init__(self, file: IgnoreFile, silencing: Silencing) -> None:
        from keyguard.triage.globs import gitignore

        lines = [line for line in file.lines if not _is_over(line, silencing)]
        self.secrets = {line.fingerprint: line for line in lines if line.fingerprint}
        self._patterns = [(gitignore(line.pattern.removeprefix("!")), line) for line in lines if line.pattern]
        inside = Root(silencing.root).seen(file.folder) if silencing.root else b"."
        self._prefix = b"" if inside in (b".", b"") else inside + b"/"

    def line_of(self, path: bytes) -> IgnoreLine | None:
        """The line that ignores a path: the last one that matches it, unless that takes it back."""
        if not path.startswith(self._prefix):
            return None
        rest = path[len(self._prefix) :]
        matching = [line for pattern, line in self._patterns if pattern.match(rest)]
        return matching[-1] if matching and not matching[-1].pattern.startswith("!") else None


def _is_over(line: IgnoreLine, silencing: Silencing) -> bool:
    return bool(line.until) and line.until < silencing.today


def _expired(silencing: Silencing) -> Iterator[str]:
    for file in silencing.ignores:
        for line in file.lines:
            if _is_over(line, silencing):
                what = line.fingerprint or line.pattern
                reason = f" ({line.reason})" if line.reason else ""
                yield f"{line.where}: expired on {line.until} and allows nothing any more: {what}{reason}"


def _stale(silencing: Silencing, found: set[str]) -> list[str]:
    baseline = silencing.baseline
    entries = [each for each in baseline.entries if each.fingerprint not in found] if baseline else []
    notes = [
        f"{baseline.path if baseline else ''}: no longer found: {each.rule} {each.masked}{_in(each.paths)}"
        for each in entries[:_MOST_NOTES]
    ]
    more = len(entries) - len(notes)
    return [*notes, f"and {more} more that are no longer found"] if more else notes


def _in(paths: Iterable[str]) -> str:
    first = next(iter(paths), "")
    return f" in {first}" if first else ""


def _order(allowed: Allowed) -> tuple[object, ...]:
    finding, allowance = allowed
    place = finding.occurrences[0].location
    return allowance.by, allowance.where, finding.rule, place.path, place.line, place.column, finding.fingerprint

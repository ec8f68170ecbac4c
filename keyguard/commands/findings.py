"""The findings that words of a command line name: a report, fingerprints, or what standard input holds."""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from keyguard.commands.options import cache_place
from keyguard.errors import KeyguardError
from keyguard.model import Confidence, Finding, Location, Occurrence, Provenance, Secret, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyguard.model import Rule
    from keyguard.scan import ScanOptions

_LEAST_ID = 6
_HEX = frozenset("0123456789abcdef")
_MOST_STDIN = 1 << 20


class InputError(KeyguardError):
    """A report that is none, a fingerprint that is not known, a secret that is not what its rule is for."""


class LostSecret(Secret):
    """Stands for a secret that only its masked form is known of; it reveals nothing."""

    __slots__ = ("_shown",)

    def __init__(self, masked: str) -> None:
        super().__init__(b"")
        self._shown = masked

    @property
    def masked(self) -> str:
        return self._shown


class Wanted(NamedTuple):
    """Findings, and the rules that were in use."""

    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    """The findings that `--stdin`, `--rule`, `--part`, `--history` and the words of a command line name."""
    if given["stdin"] == bool(given["findings"]):
        raise click.UsageError("name a report or fingerprints, or give --stdin")
    if given["rule"] and not given["stdin"]:
        raise click.UsageError("--rule needs --stdin")
    if given["part"] and not given["rule"]:
        raise click.UsageError("--part needs --rule")
    if given["stdin"]:
        return read_stdin(given["rule"], given["part"])
    return read_findings(given["findings"], os.curdir, history=given["history"])


def read_findings(words: Sequence[str], folder: str, *, history: bool = False) -> Wanted:
    """The findings that `words` name: reports (JSON or JSON Lines) and fingerprints, whole or their first 6 digits.

    A report without secrets is completed by scanning its places again, from `folder`; fingerprints are looked for
    in `folder`, or in its history. InputError for what is neither or not found.
    """
    options, rules = _options(), _rules()
    found: list[Finding] = []
    ids = [word for word in words if not os.path.lexists(word)]
    for word in words:
        if word not in ids:
            found += _completed(_read_report(word), folder, options)
    for word in ids:
        if len(word) < _LEAST_ID or not set(word) <= _HEX:
            raise InputError(f"{word}: no such file, and no fingerprint", "a fingerprint is 6 to 32 of 0-9 and a-f")
    if ids:
        found += _by_fingerprint(ids, folder, options, history=history)
    return Wanted(tuple(dict.fromkeys(found)), rules)


def read_stdin(rule: str, parts: Sequence[str]) -> Wanted:
    """What standard input holds: with `rule` one secret of that rule, else every secret in it as a scan finds it."""
    from io import BytesIO

    from keyguard.scan.tree import scan_stdin

    text = sys.stdin.buffer.read(_MOST_STDIN)
    rules = _rules()
    options = _options()._replace(min_confidence=Confidence.LOW)
    findings = scan_stdin(BytesIO(text), options).findings
    if not rule:
        return Wanted(findings, rules)
    known = next((each for each in rules if each.id == rule), None)
    if known is None:
        raise InputError(f"there is no rule {rule!r}", "keyguard rules list")
    given = tuple(_part(part) for part in parts)
    mine = [finding for finding in findings if finding.rule == rule]
    if len(mine) == 1:
        return Wanted((mine[0]._replace(parts=(*mine[0].parts, *given)),), rules)
    if not text.strip():
        raise InputError("standard input is empty, expected one secret")
    return Wanted((_lone(known, text.strip())._replace(parts=given),), rules)


def _part(text: str) -> tuple[str, bytes]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise click.UsageError("--part: expected NAME=VALUE, as id=…")
    return name, os.fsencode(value)


def _lone(rule: Rule, value: bytes) -> Finding:
    from keyguard.scan.salt import repository_key

    secret = Secret(value)
    return Finding(
        rule.id,
        rule.provider,
        rule.title,
        rule.severity,
        rule.confidence,
        secret,
        secret.fingerprint(rule.id, repository_key(None, cache_place())),
        "unverified",
        rule.advice,
        (Occurrence(Location("stdin", b"", 1, 1, 1, 1, 0, len(value)), None),),
    )


def _options() -> ScanOptions:
    from keyguard.scan import ScanOptions

    return ScanOptions(cache=cache_place())


def _rules() -> tuple[Rule, ...]:
    from keyguard.providers.loader import load_rules

    return load_rules(cache=cache_place()).rules


def _read_report(path: str) -> list[Finding]:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError:
        raise InputError(f"{path}: not UTF-8, expected a report in JSON") from None
    try:
        rows = _rows(text)
        return [_finding(row) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(
            f"{path}: not a report of keyguard in JSON or JSON Lines", "keyguard scan -o findings.json"
        ) from None


def _rows(text: str) -> list[Any]:
    try:
        document = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if "findings" in document:
        rows = document["findings"]
        if not isinstance(rows, list):
            raise ValueError("findings")
        return rows
    return [document]


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        rule=str(row["rule"]),
        provider=str(row["provider"]),
        title=str(row["title"]),
        severity=Severity[row["severity"].upper()],
        confidence=Confidence[row["confidence"].upper()],
        secret=Secret(_raw(row, "secret")) if "secret" in row else LostSecret(str(row["masked"])),
        fingerprint=str(row["fingerprint"]),
        verdict=str(row["verdict"]),
        advice="",
        occurrences=tuple(_occurrence(each) for each in row["occurrences"]),
        parts=tuple((str(name), str(text).encode()) for name, text in (row.get("parts") or {}).items()),
        details=_details(row.get("details")),
    )


def _details(row: dict[str, Any] | None) -> Verdict | None:
    if not row:
        return None
    return Verdict(
        state=str(row["state"]),
        reason=str(row.get("reason", "")),
        owner=str(row.get("owner", "")),
        account=str(row.get("account", "")),
        scopes=tuple(map(str, row.get("scopes", ()))),
        expires=str(row.get("expires", "")),
        host=str(row.get("host", "")),
        checked=str(row.get("checked", "")),
        status=int(row.get("status", 0)),
    )


def _raw(row: dict[str, Any], name: str) -> bytes:
    encoded = row.get(f"{name}_bytes")
    return b64decode(encoded) if encoded else str(row[name]).encode()


def _occurrence(row: dict[str, Any]) -> Occurrence:
    line, column, end_line, end_column = (int(row[name]) for name in ("line", "column", "end_line", "end_column"))
    location = Location(str(row["kind"]), _raw(row, "path"), line, column, end_line, end_column, 0, 0)
    if not row.get("object"):
        return Occurrence(location, None)
    texts = [str(row.get(name, "")) for name in ("object", "commit", "author", "email", "date", "state")]
    return Occurrence(location, Provenance(*texts))


def _completed(findings: list[Finding], folder: str, options: ScanOptions) -> list[Finding]:
    """The findings with their secrets, as far as these still stand where the report saw them."""
    lost = [finding for finding in findings if not finding.secret.reveal()]
    if not lost:
        return findings
    from keyguard.scan.again import Places, scan_again

    places = [place for finding in lost for place in finding.occurrences]
    files = {each.location.path for each in places if not each.provenance and each.location.kind == "file"}
    objects = {each.provenance.object for each in places if each.provenance}
    seen = scan_again(Places(tuple(sorted(files)), tuple(sorted(objects))), folder, options)
    known = {(each.rule, each.fingerprint): each for each in seen}
    return [_whole(finding, known.get((finding.rule, finding.fingerprint))) for finding in findings]


def _whole(finding: Finding, seen: Finding | None) -> Finding:
    if seen is None or finding.secret.reveal():
        return finding
    return finding._replace(secret=seen.secret, parts=seen.parts, advice=seen.advice)


def _by_fingerprint(ids: Sequence[str], folder: str, options: ScanOptions, *, history: bool) -> list[Finding]:
    found = _scanned(folder, options._replace(min_confidence=Confidence.LOW), history=history)
    chosen: list[Finding] = []
    for word in ids:
        fitting = [finding for finding in found if finding.fingerprint.startswith(word)]
        if not fitting:
            hint = "" if history else "--history looks in all that the repository ever held"
            raise InputError(f"{word}: no finding in {folder} has this fingerprint", hint)
        if len({finding.fingerprint for finding in fitting}) > 1:
            raise InputError(f"{word}: {len(fitting)} findings begin so", "give more of its digits")
        chosen += fitting
    return chosen


def _scanned(folder: str, options: ScanOptions, *, history: bool) -> tuple[Finding, ...]:
    if history:
        from keyguard.scan.history import scan_history

        return scan_history(folder, options).findings
    from keyguard.scan.tree import scan_tree

    return scan_tree([folder], options).findings

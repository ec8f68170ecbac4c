"""A report made by hand that holds every kind of place, odd names, and things that could not be read."""

from __future__ import annotations

import io
from typing import Any

from keyguard.model import (
    Confidence,
    Finding,
    Location,
    Occurrence,
    Provenance,
    Report,
    Rule,
    Secret,
    Severity,
    Skip,
    Stats,
)
from keyguard.report import write_report

TOKEN = b"kgsample-" + b"0a1b2c3d" * 3
PASSWORD = b"p\xe4ss{" + b"word" * 3 + b"}\xff"
NAMED = b"kgnamed_" + b"9z8y" * 4
PEM = b"-----BEGIN SAMPLE-----\n" + b"c2FtcGxl\n" * 3 + b"-----END SAMPLE-----"
HOSTILE_AUTHOR = "Eve\x1b]0;x\x07\nno secrets found"
HOSTILE_PATH = b'a\x1b[2Jb\n\xe2\x80\xaegpj.\xff "q".py'


def rule(rule_id: str, severity: Severity, confidence: Confidence, advice: str) -> Rule:
    return Rule(
        id=rule_id,
        provider=rule_id.split("-", maxsplit=1)[0],
        title=f"Sample {rule_id.replace('-', ' ')}",
        severity=severity,
        confidence=confidence,
        pattern="x",
        trigger="x",
        width=1,
        span=1,
        reach=0,
        entropy=0.0,
        checksum="",
        generic=False,
        advice=advice,
    )


RULES = (
    rule(
        "acme-token", Severity.CRITICAL, Confidence.HIGH, "Revoke it at https://console.acme.example/keys, then rotate."
    ),
    rule("generic-password", Severity.LOW, Confidence.MEDIUM, "Change the password {everywhere}, see [1](2)."),
    rule("pem-key", Severity.HIGH, Confidence.HIGH, ""),
    rule("quiet-key", Severity.MEDIUM, Confidence.LOW, "Never found."),
)


def location(kind: str, path: bytes, line: int, column: int, width: int = 33) -> Location:
    return Location(kind, path, line, column, line, column + width, 100, 100 + width)


def provenance(digit: str, state: str, author: str = "Ann Author", commit: bool = True) -> Provenance:
    if not commit:
        return Provenance(digit * 40, "", "", "", "", state)
    return Provenance(
        "f" * 39 + digit, digit * 40, author, "ann@acme.example", f"2024-05-0{digit}T10:00:00+02:00", state
    )


def finding(number: int, secret: bytes, occurrences: tuple[Occurrence, ...], verdict: str = "unverified") -> Finding:
    source = RULES[number]
    value = Secret(secret)
    return Finding(
        rule=source.id,
        provider=source.provider,
        title=source.title,
        severity=source.severity,
        confidence=source.confidence,
        secret=value,
        fingerprint=value.fingerprint(source.id, b"salt"),
        verdict=verdict,
        advice=source.advice,
        occurrences=occurrences,
    )


def history_report() -> Report:
    """Findings in files, messages, names and unreachable objects, not sorted by severity; incomplete."""
    findings = (
        finding(
            1,
            PASSWORD,
            (
                Occurrence(
                    location("file", HOSTILE_PATH, 2, 7, 18), provenance("3", "history", "Eve\x1b]0;x\x07\nSkipped: 0")
                ),
                Occurrence(
                    location("file", "größe/日本.txt".encode(), 1, 3, 18), provenance("4", "head", "Jürgen Größe")
                ),
            ),
        ),
        finding(
            0,
            TOKEN,
            (
                Occurrence(location("file", b"src/settings.py", 12, 8), provenance("1", "head")),
                Occurrence(location("commit", b"", 3, 1), provenance("2", "history")),
                Occurrence(location("tag", b"v1.0", 1, 5), provenance("5", "history")),
                Occurrence(location("file", b"", 1, 1), provenance("6", "unreachable", commit=False)),
                Occurrence(location("file", b"keys/" + TOKEN + b".txt", 1, 1), provenance("7", "unreachable")),
                *(Occurrence(location("file", b"copy/%d" % n, n, 1), provenance("8", "history")) for n in (1, 2, 3)),
            ),
            verdict="live",
        ),
        finding(
            0,
            NAMED,
            (
                Occurrence(location("path", b"dump/" + NAMED + b".json", 1, 6, 24), provenance("1", "head")),
                Occurrence(location("ref", b"refs/heads/" + NAMED, 1, 12, 24), None),
            ),
        ),
        finding(2, PEM, (Occurrence(Location("file", b"id.pem", 1, 1, 5, 21, 0, len(PEM)), provenance("1", "head")),)),
    )
    skipped = (
        Skip("a" * 40, "submodule", complete=True),
        Skip("b" * 40, "corrupt zlib stream"),
        Skip("dump/" + NAMED.decode() + "\x1b[31m", "permission denied"),
        *(Skip(f"{n:040x}", "object is missing") for n in range(5)),
    )
    return Report(".", "history", findings, skipped, Stats(1200, 0, 5 << 30, 300 << 20, 1.23456), RULES)


def clean_report() -> Report:
    return Report(".", "tree", (), (), Stats(0, 3, 2048, 2048, 0.01), RULES)


def tree_report() -> Report:
    """Two findings of a working tree and one on standard input."""
    places = (
        Occurrence(location("file", b"./src/my settings.py", 4, 9), None),
        Occurrence(location("file", b"/abs/100%/#x?.env", 1, 1), None),
        Occurrence(location("stdin", b"", 7, 2), None),
    )
    return Report(".", "tree", (finding(0, TOKEN, places),), (), Stats(0, 2, 90, 90, 0.004), RULES)


def written(report: Report, format_name: str, **options: Any) -> str:
    out = io.StringIO()
    write_report(report, format_name, out, **options)
    return out.getvalue()

"""Groups matches into findings: one for each secret and rule, with all its places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keyguard.model import Allowance, Confidence, Finding, Occurrence, Rule, Secret
from keyguard.model.namedtuple import NamedTuple


class Sighting(NamedTuple):
    """One secret at one place."""

    rule: int
    value: bytes
    confidence: Confidence
    occurrence: Occurrence
    reasons: tuple[str, ...] = ()
    parts: tuple[tuple[str, bytes], ...] = ()
    allowed: Allowance | None = None


def group(rules: Sequence[Rule], sightings: Iterable[Sighting], key: bytes) -> tuple[Finding, ...]:
    """Findings in a fixed order: the gravest and surest first, then by rule, first place and fingerprint."""
    grouped: dict[tuple[int, bytes], list[Sighting]] = {}
    for sighting in sightings:
        grouped.setdefault((sighting.rule, sighting.value), []).append(sighting)
    findings = [_finding(rules[rule], value, seen, key) for (rule, value), seen in grouped.items()]
    return tuple(sorted(findings, key=_order))


def _finding(rule: Rule, value: bytes, seen: list[Sighting], key: bytes) -> Finding:
    secret = Secret(value)
    return Finding(
        rule=rule.id,
        provider=rule.provider,
        title=rule.title,
        severity=rule.severity,
        confidence=max(sighting.confidence for sighting in seen),
        secret=secret,
        fingerprint=secret.fingerprint(rule.id, key),
        verdict="unverified",
        advice=rule.advice,
        occurrences=tuple(sorted({sighting.occurrence for sighting in seen}, key=_place)),
        reasons=_reasons(seen),
        parts=_parts(seen),
    )


def _reasons(seen: list[Sighting]) -> tuple[str, ...]:
    """Those of the surest sighting, the first by place among equals."""
    surest = max(sighting.confidence for sighting in seen)
    return min((_place(each.occurrence), each.reasons) for each in seen if each.confidence == surest)[1]


def _parts(seen: list[Sighting]) -> tuple[tuple[str, bytes], ...]:
    """Those of the first place that has any."""
    known = [(_place(each.occurrence), each.parts) for each in seen if each.parts]
    return min(known)[1] if known else ()


def _place(occurrence: Occurrence) -> tuple[bool, tuple[str, ...], tuple[object, ...]]:
    provenance = occurrence.provenance
    return (
        provenance is not None,
        (provenance.date, provenance.commit, provenance.object) if provenance else (),
        tuple(occurrence.location),
    )


def _order(finding: Finding) -> tuple[int, int, str, object, str]:
    return (
        -finding.severity,
        -finding.confidence,
        finding.rule,
        _place(finding.occurrences[0]),
        finding.fingerprint,
    )

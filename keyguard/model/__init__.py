"""The nouns every layer shares. Standard library only."""

from keyguard.model.finding import Finding, Location, Occurrence, Provenance
from keyguard.model.grade import Confidence, Severity
from keyguard.model.report import Report, Skip, Stats, Tick
from keyguard.model.rule import Provider, Rule
from keyguard.model.secret import Secret
from keyguard.model.slab import Hits, Slab

__all__ = [
    "Confidence",
    "Finding",
    "Hits",
    "Location",
    "Occurrence",
    "Provenance",
    "Provider",
    "Report",
    "Rule",
    "Secret",
    "Severity",
    "Skip",
    "Slab",
    "Stats",
    "Tick",
]

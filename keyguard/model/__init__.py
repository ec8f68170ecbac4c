"""The nouns every layer shares. Standard library only."""

from keyguard.model.finding import Finding, Location, Occurrence, Provenance
from keyguard.model.grade import Confidence, Severity
from keyguard.model.report import Home, Report, Skip, Stats, Tick
from keyguard.model.rule import Provider, Rule
from keyguard.model.secret import Secret
from keyguard.model.silence import Allowance, Allowed, Silencing
from keyguard.model.slab import Hits, Slab
from keyguard.model.verdict import Verdict

__all__ = [
    "Allowance",
    "Allowed",
    "Confidence",
    "Finding",
    "Hits",
    "Home",
    "Location",
    "Occurrence",
    "Provenance",
    "Provider",
    "Report",
    "Rule",
    "Secret",
    "Severity",
    "Silencing",
    "Skip",
    "Slab",
    "Stats",
    "Tick",
    "Verdict",
]

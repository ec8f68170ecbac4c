"""The nouns every layer shares. Standard library only.

What a hook loads is without `from __future__ import annotations`: NamedTuple compiles each annotation that is text,
which takes 4 of its 120 ms.
"""

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

"""The two scales of a finding: how sure we are, and how bad it would be."""

from __future__ import annotations

from enum import IntEnum


class Confidence(IntEnum):
    """How likely the match is a real secret."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Severity(IntEnum):
    """What a thief could do with the secret if it is real."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return self.name.lower()

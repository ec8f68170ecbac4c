"""What every place for a new key can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from keyguard.errors import KeyguardError
from keyguard.model import Secret

# By the name under which each is written: AWS_SECRET_ACCESS_KEY and AWS_ACCESS_KEY_ID of one key.
Values = Mapping[str, Secret]


class SinkError(KeyguardError):
    """A place cannot be written to, or read. The message never holds a value."""


class Sink(Protocol):
    """One place. `name` is how the person named it; `readable` says that what was written can be read back."""

    name: str
    readable: bool

    def check(self) -> None:
        """Find out whether writing would work, without writing; SinkError where it would not."""

    def write(self, values: Values) -> None:
        """Write all values, or fail; writing the same again is harmless."""

    def read(self, names: tuple[str, ...]) -> Values | None:
        """What stands there under `names`; None where this place gives nothing back, or lacks one of them."""

"""What every way of telling has in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from keyguard.errors import KeyguardError
from keyguard.state.alarms import Notice


class SinkError(KeyguardError):
    """A notice was not taken. The message never holds an address, which can be a secret."""

    exit_code = 3


class Taken(NamedTuple):
    """A notice that was taken. `reference` is what the sink calls the alarm from now on."""

    notice: Notice
    reference: str = ""


class Sink(Protocol):
    """`name` tells it apart in the state file and in messages; it holds no secret."""

    @property
    def name(self) -> str: ...

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        """Those that were taken, in order; KeyguardError with the first that was not."""
        ...

"""Stands for a sink whose credential is not to be had: the audit goes on, and the other sinks tell of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from keyguard.audit.sinks.sink import SinkError, Taken

if TYPE_CHECKING:
    from keyguard.errors import KeyguardError
    from keyguard.state.alarms import Notice


class Unready:
    """`name` is that of the sink it stands for, which is told what was missed when its credential is there again."""

    def __init__(self, name: str, error: KeyguardError) -> None:
        self.name = name
        self._error = error

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        raise SinkError(f"{self.name}: {self._error}", self._error.hint)

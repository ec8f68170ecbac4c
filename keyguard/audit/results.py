"""How reading ended: per source, and per account."""

from __future__ import annotations

from typing import NamedTuple

from keyguard.model.usage import Span


class SourceResult(NamedTuple):
    """One source of one account. `problem` is "" where it was read; `notes` are what a person should know."""

    source: str
    points: int = 0
    requests: int = 0
    span: Span | None = None
    problem: str = ""
    hint: str = ""
    notes: tuple[str, ...] = ()
    refused: bool = False

    def plus(self, other: SourceResult) -> SourceResult:
        """Both together, as one result of the same source. What was said already is not said again."""
        problems = [each for each in (self.problem, other.problem) if each]
        return self._replace(
            points=self.points + other.points,
            requests=self.requests + other.requests,
            problem="; ".join(dict.fromkeys(problems)),
            hint=self.hint or other.hint,
            notes=tuple(dict.fromkeys((*self.notes, *other.notes))),
        )


class AccountResult(NamedTuple):
    """One account; `problem` is what kept all of it from being read."""

    provider: str
    account: str
    sources: tuple[SourceResult, ...] = ()
    problem: str = ""
    hint: str = ""

    @property
    def fine(self) -> bool:
        return not self.problem and not any(source.problem for source in self.sources)

"""Tells by printing: to the terminal, or as Markdown to the summary of a GitHub job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from keyguard.audit.notices import headline, paragraphs, text
from keyguard.audit.sinks.sink import SinkError, Taken
from keyguard.state.alarms import Notice


class Output:
    """Lines for people, on what `write` writes to."""

    name = "stdout"

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        for notice in notices:
            self._write(text(notice))
            yield Taken(notice)


class JobSummary:
    """The file that GitHub Actions names in GITHUB_STEP_SUMMARY."""

    name = "job summary"

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        for notice in notices:
            try:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(
                        "\n\n".join([f"### {plain(headline(notice))}", *map(plain, paragraphs(notice))]) + "\n\n"
                    )
            except OSError as error:
                raise SinkError(f"{self.name}: {error.strerror}") from None
            yield Taken(notice)


def plain(words: str) -> str:
    """Names of keys are written by others: nothing in them is Markdown, and nobody is called by them."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|~!" else sign for sign in words).replace("@", "@\u200b")

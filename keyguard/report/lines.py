"""Lines of text for a terminal, in pieces that have a colour where colours are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from keyguard.model.namedtuple import NamedTuple
from keyguard.report.visible import encodable

if TYPE_CHECKING:
    from collections.abc import Iterable


class Span(NamedTuple):
    """A piece of a line and how to colour it (a rich style; empty for none)."""

    text: str
    style: str = ""


Line = tuple[Span, ...]


def write_lines(lines: Iterable[Line], out: TextIO, *, color: bool) -> None:
    """Colours need rich, which is imported for them only."""
    if color:
        _write_colored(lines, out)
    else:
        encoding = out.encoding
        out.writelines(encodable("".join(span.text for span in line), encoding) + "\n" for line in lines)


def _write_colored(lines: Iterable[Line], out: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    # The caller has decided that colours are wanted: sixteen of them, which follow the person's own theme.
    console = Console(file=out, force_terminal=True, no_color=False, color_system="standard", highlight=False)
    for line in lines:
        spans = [(encodable(span.text, out.encoding), span.style) for span in line]
        console.print(Text.assemble(*spans), soft_wrap=True)

"""Lays out JSON as a stream: one entry of a long list a line, so that a large report needs little memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO, Union

from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]


class Rows(NamedTuple):
    """A list that is written one entry a line, while it is made."""

    entries: Iterable[Json]


def write_members(out: TextIO, members: Mapping[str, Json | Rows], indent: str) -> None:
    """Writes an object, one member a line. The text is ASCII: any stream takes it, no terminal obeys it."""
    out.write("{")
    for number, (key, value) in enumerate(members.items()):
        out.write(f"{',' if number else ''}\n{indent}  {json.dumps(key)}: ")
        if isinstance(value, Rows):
            _write_rows(out, value, indent + "  ")
        else:
            out.write(json.dumps(value))
    out.write(f"\n{indent}}}")


def _write_rows(out: TextIO, rows: Rows, indent: str) -> None:
    out.write("[")
    separator = ""
    for entry in rows.entries:
        out.write(f"{separator}\n{indent}  {json.dumps(entry)}")
        separator = ","
    out.write(f"\n{indent}]" if separator else "]")

"""Finds the line of a table or key in the text of a TOML file, which the parser does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*=")
_LONG_QUOTES = ('"""', "'''")


def find_line(text: str, table: str = "", number: int = 0, key: str = "") -> int:
    """The line, from 1, of `key` in the `number`-th (from 0) table named `table`; of the table where the key is absent.

    An empty `table` is the top of the file. 1 where nothing is found.
    """
    seen, inside, found = -1, not table, 1
    for number_of_line, line in _code_lines(text):
        header = _HEADER.match(line)
        if header:
            seen += header[2] == table
            inside = header[2] == table and seen == number
            found = number_of_line if inside else found
        elif inside and key and (match := _KEY.match(line)) and key in match.groups():
            return number_of_line
    return found


def _code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without those that begin inside a string of several lines."""
    quotes = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not quotes:
            yield number, line
        quotes = _open_quotes(line, quotes)


def _open_quotes(line: str, quotes: str) -> str:
    """The quotes that are open at the end of `line` when `quotes` were open at its start."""
    place = 0
    while True:
        if quotes:
            place = line.find(quotes, place)
            if place < 0:
                return quotes
            place, quotes = place + 3, ""
            continue
        places = [(line.find(each, place), each) for each in _LONG_QUOTES if each in line[place:]]
        if not places:
            return ""
        place, quotes = min(places)[0] + 3, min(places)[1]

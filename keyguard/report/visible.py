"""Makes text from a scanned repository safe to print: nothing in it can move the cursor or forge a line."""

from __future__ import annotations


def visible(text: str) -> str:
    """`text` on one line, with control, bidirectional and other unprintable characters as backslash escapes.

    What is printable is what `str.isprintable` says; U+FFFD stands for bytes that were not UTF-8 and stays.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def encodable(text: str, encoding: str | None) -> str:
    """`text` with what `encoding` cannot write as backslash escapes, so that writing it cannot fail."""
    if text.isascii():
        return text
    name = encoding or "utf-8"
    return text.encode(name, "backslashreplace").decode(name)

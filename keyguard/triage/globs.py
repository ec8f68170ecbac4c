"""Path patterns as in gitignore(5), as regular expressions over whole paths with "/" between their parts."""

from __future__ import annotations

import re


def gitignore(pattern: str) -> re.Pattern[bytes]:
    """What `pattern` matches: paths of files, counted from the folder of the file it stands in.

    A pattern that names a folder matches all that is inside. Raises ValueError for one that can match nothing. A
    leading "!" is the caller's.
    """
    body = pattern.removesuffix("/")
    anchored = "/" in body
    body = body.removeprefix("/")
    if not body:
        raise ValueError("the pattern is empty")
    lead = "" if anchored or body.startswith("**/") else "(?:.*/)?"
    inside = "/.*" if pattern.endswith("/") else "(?:/.*)?"
    try:
        return re.compile(f"(?s){lead}{_translate(body)}{inside}\\Z".encode())
    except re.error as error:
        raise ValueError(f"it is no path pattern: {error}") from None


def _translate(body: str) -> str:
    out: list[str] = []
    place = 0
    while place < len(body):
        text, place = _next(body, place)
        out.append(text)
    return "".join(out)


def _next(body: str, place: int) -> tuple[str, int]:
    """The expression for what stands at `place`, and where the rest begins."""
    if body.startswith("**/", place) and (place == 0 or body[place - 1] == "/"):
        return "(?:.*/)?", place + 3
    if body[place:] == "**" and place and body[place - 1] == "/":
        return ".+", place + 2
    char = body[place]
    if char == "*":
        return "[^/]*", place + 1
    if char == "?":
        return "[^/]", place + 1
    if char == "\\" and place + 1 < len(body):
        return re.escape(body[place + 1]), place + 2
    end = body.find("]", place + 2) if char == "[" else -1
    if end < 0:
        return re.escape(char), place + 1
    members = body[place + 1 : end].replace("\\", "\\\\")
    negated = members[:1] in ("!", "^")
    return f"[{'^/' if negated else ''}{members[1:] if negated else members}]", end + 1

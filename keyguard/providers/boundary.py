"""What must stand before and after a token so that it is a token of its own and not a piece of a longer one."""

from __future__ import annotations

# A letter or digit before the token counts as a border where it ends an escape. `re` takes only lookbehinds of one
# width, so a terminal colour ("[1;31m", its escape character raw or spelled) needs one for each.
_COLOURS = "|".join(rf"(?<=\[[0-9;]{{{count}}}m)" for count in range(1, 11))
LEFT = (
    r"(?:(?<![A-Za-z0-9])"
    r"|(?<=\\[abfnrtv0])"
    r"|(?<=%[0-9A-Fa-f]{2})"
    r"|(?<=\\x[0-9A-Fa-f]{2})"
    r"|(?<=\\u[0-9A-Fa-f]{4})"
    rf"|(?<=m)(?:{_COLOURS}|(?<=\[m)))"
)
RIGHT = r"(?![A-Za-z0-9])"
SIDES = ("both", "left", "right", "none")


def wrap(pattern: str, sides: str) -> str:
    """`pattern` with the borders that `sides` (one of SIDES) asks for."""
    left = LEFT if sides in ("both", "left") else ""
    right = RIGHT if sides in ("both", "right") else ""
    return f"{left}(?:{pattern}){right}"

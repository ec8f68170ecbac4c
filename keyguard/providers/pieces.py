"""Named pieces of patterns: what stands between a name and its value is the same for every provider."""

from __future__ import annotations

import re

from keyguard.errors import RuleError
from keyguard.providers.boundary import LEFT

_SPELLED = r"""%2[27]|\\u002[27]|&quot;|&#3[49];|\x1b\[[0-9;]{0,5}m"""
_OPEN = rf"""(?:\\{{0,3}}["'`(\[{{<*]|{_SPELLED}){{0,3}}(?:(?i:bearer|basic|token)[ \t]{{1,2}})?"""
_CLOSE = rf"""(?:\\{{0,3}}["'`\])}}*]|{_SPELLED}){{0,3}}"""
_SIGN = r"""(?i:=>|[|?]{2}=?|:[=-]|={1,3}|[:,>|]|%3[ad]|\\u003[ad]|(?:is|or)[ \t])"""
_KIND = r"""(?i:[ \t:,]{1,3}[a-z][\w\[\]]{0,15})?"""
_MORE = r"""(?:_(?!(?i:id|name|hash))\w{1,10})?"""
_WORDS = r"""(?i:api|key|token|secret|auth|authorization|bearer|password|login|pat|value)s?"""
_ASSIGNED = rf"{_MORE}{_CLOSE}(?:{_KIND}[ \t]{{0,4}}{_SIGN}|[ \t])[ \t]{{0,4}}{_OPEN}"

# What a provider file may write as {{name}} in a pattern; docs/rules.md describes each.
PIECES = {
    "assigned": _ASSIGNED,
    "keyword": rf"[^\n]{{0,50}}?{_WORDS}{_ASSIGNED}",
    "equals": rf"{_CLOSE}[ \t]{{0,4}}{_SIGN}[ \t]{{0,4}}{_OPEN}",
    "no-hash": r"(?![^\n]{0,60}?(?i:commit|sha1|sha256|sha_|hash|md5|digest|checksum|revision))",
    "near": rf"[^\n]{{0,80}}?{LEFT}",
    "token-start": LEFT,
    "word-start": r"(?:(?<![A-Za-z])|(?<=\\[nrt])|(?<=[a-z])(?=[A-Z]))",
    "gap": r"""[\s"',;:|&(){}<>\[\]\\=#-]{1,40}""",
    "uuid": r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
}
_NAMED = re.compile(r"\{\{([A-Za-z][\w-]*)\}\}")


def expand_pieces(pattern: str) -> str:
    """`pattern` with each `{{name}}` replaced by its piece. RuleError where a name is not known."""
    return _NAMED.sub(_piece, pattern)


def _piece(match: re.Match[str]) -> str:
    piece = PIECES.get(match[1])
    if piece is None:
        raise RuleError(f"{match[0]} is not known, expected one of {', '.join(sorted(PIECES))}")
    return f"(?:{piece})"

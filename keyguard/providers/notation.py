"""Writes a pattern tree back as text that `re` and Hyperscan (both over bytes) read alike."""

from __future__ import annotations

from itertools import groupby

from keyguard.providers import charset
from keyguard.providers.syntax import Alt, Chars, Copy, Node, Repeat, Seq

_PLAIN = frozenset(charset.values(charset.WORD)) | frozenset(b" !\"#%',/:;<=>@`~")
_ESCAPED = frozenset(b"$()*+-.?[\\]^{|}&")


def write(node: Node) -> str:
    """The pattern of `node`, safe to put anything before or after it."""
    if isinstance(node, Chars):
        return _charset(node.members)
    if isinstance(node, Seq):
        return "".join(_run(list(run), caseless) for caseless, run in groupby(node.items, _is_caseless))
    if isinstance(node, Alt):
        return "(?:" + "|".join(write(branch) for branch in node.branches) + ")"
    if isinstance(node, Repeat):
        return _repeat(node)
    return write(node.node) if isinstance(node, Copy) else ""


def _is_caseless(node: Node) -> bool:
    if not isinstance(node, Chars):
        return False
    lowered = charset.lowered(node.members)
    return bool(lowered & charset.LOWER) and charset.size(lowered) == 1 and charset.size(node.members) == 2


def _run(items: list[Node], caseless: bool) -> str:
    if not caseless:
        return "".join(write(item) for item in items)
    members = [item.members for item in items if isinstance(item, Chars)]
    return "(?i:" + "".join(chr(charset.values(charset.lowered(each))[0]) for each in members) + ")"


def _repeat(node: Repeat) -> str:
    atom = write(node.node)
    if not isinstance(node.node, (Chars, Alt)):
        atom = f"(?:{atom})"
    if (node.low, node.high) == (0, 1):
        return atom + "?"
    if node.low == node.high:
        return atom if node.low == 1 else f"{atom}{{{node.low}}}"
    return f"{atom}{{{node.low},{node.high}}}"


def _charset(members: int) -> str:
    found = charset.ranges(members)
    if len(found) == 1 and found[0][0] == found[0][1]:
        return _byte(found[0][0])
    negated = charset.ranges(charset.ALL & ~members)
    if negated and charset.size(members) > 128:
        return "[^" + "".join(map(_range, negated)) + "]"
    return "[" + "".join(map(_range, found)) + "]"


def _range(run: tuple[int, int]) -> str:
    first, last = run
    if first == last:
        return _byte(first)
    return _byte(first) + ("" if last == first + 1 else "-") + _byte(last)


def _byte(value: int) -> str:
    if value in _PLAIN:
        return chr(value)
    if value in _ESCAPED:
        return "\\" + chr(value)
    return f"\\x{value:02x}"

"""A pattern as a small tree: byte sets, sequences, alternations and bounded repeats.

Built from the parse tree of the standard `re` module, with case folding, groups and back references resolved.
"""

from __future__ import annotations

import importlib
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from keyguard.errors import RuleError
from keyguard.providers import charset

_PARSER: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_CATEGORIES = {
    "CATEGORY_DIGIT": charset.DIGIT,
    "CATEGORY_NOT_DIGIT": charset.ALL & ~charset.DIGIT,
    "CATEGORY_SPACE": charset.SPACE,
    "CATEGORY_NOT_SPACE": charset.ALL & ~charset.SPACE,
    "CATEGORY_WORD": charset.WORD,
    "CATEGORY_NOT_WORD": charset.ALL & ~charset.WORD,
}
_LINE_ANCHORS = ("AT_BEGINNING", "AT_END")
MAX_BEHIND = 32
_SCOPED_ONLY = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE | re.LOCALE


class Chars(NamedTuple):
    """One byte out of a set (see `charset`)."""

    members: int


class Seq(NamedTuple):
    items: tuple[Node, ...]


class Alt(NamedTuple):
    branches: tuple[Node, ...]


class Repeat(NamedTuple):
    """`low` to `high` times `node`; always bounded."""

    node: Node
    low: int
    high: int


class Copy(NamedTuple):
    """A back reference; `node` is the group's own tree, which allows for more than the reference does."""

    node: Node


class Zero(NamedTuple):
    """Something of no width; `what` names it: an anchor, a word boundary, a lookahead, a lookbehind.

    `ahead`: how many of the bytes after its place it may look at.
    """

    what: str
    ahead: int = 0


Node: TypeAlias = "Chars | Seq | Alt | Repeat | Copy | Zero"


class Syntax(NamedTuple):
    """A parsed pattern: its tree, and the trees of its named groups."""

    node: Node
    groups: dict[str, Node]


class _State(NamedTuple):
    flags: int
    groups: dict[int, Node]

    def has(self, flag: re.RegexFlag) -> bool:
        return bool(self.flags & flag)


def parse(pattern: str) -> Syntax:
    """Read a bytes pattern. RuleError says what keyguard does not take: unbounded repeats, global flags and so on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = _PARSER.parse(pattern.encode("ascii"))
    except UnicodeEncodeError as error:
        raise RuleError(
            f"{pattern[error.start]!r} is not ASCII, expected a pattern of ASCII (write bytes as \\xHH)"
        ) from None
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise RuleError(f"not a regular expression, or a doubtful one: {error}") from None
    if tree.state.flags & _SCOPED_ONLY:
        raise RuleError("flags for the whole pattern, expected flags of a group, as in (?i:…)")
    state = _State(0, {})
    node = _sequence(tree, state)
    named = tree.state.groupdict.items()
    return Syntax(node, {name: state.groups[number] for name, number in named if number in state.groups})


def widths(node: Node) -> tuple[int, int]:
    """The least and the greatest number of bytes that `node` can match."""
    if isinstance(node, Chars):
        return 1, 1
    if isinstance(node, Seq):
        both = [widths(item) for item in node.items]
        return sum(low for low, _ in both), sum(high for _, high in both)
    if isinstance(node, Alt):
        both = [widths(branch) for branch in node.branches]
        return min(low for low, _ in both), max(high for _, high in both)
    if isinstance(node, Repeat):
        low, high = widths(node.node)
        return low * node.low, high * node.high
    if isinstance(node, Copy):
        return widths(node.node)
    return 0, 0


def sight(node: Node) -> int:
    """How many bytes from the start of a match can decide what `node` matches: its width and its lookaheads."""
    if isinstance(node, Seq):
        place = most = 0
        for item in node.items:
            most = max(most, place + sight(item))
            place += widths(item)[1]
        return most
    if isinstance(node, Alt):
        return max(map(sight, node.branches))
    if isinstance(node, Repeat):
        return widths(node.node)[1] * (node.high - 1) + sight(node.node) if node.high else 0
    return node.ahead if isinstance(node, Zero) else widths(node)[1]


def children(node: Node) -> tuple[Node, ...]:
    """The trees that `node` is made of."""
    if isinstance(node, Seq):
        return node.items
    if isinstance(node, Alt):
        return node.branches
    return (node.node,) if isinstance(node, (Repeat, Copy)) else ()


def _sequence(tree: Any, state: _State) -> Node:
    items: list[Node] = []
    for code, value in tree:
        try:
            convert = _CONVERT[code.name]
        except KeyError:
            raise RuleError(f"{_plain(code.name)} is not taken, because Python 3.10 or `regex` differ on it") from None
        node = convert(value, state)
        items.extend(node.items if isinstance(node, Seq) else (node,))
    return items[0] if len(items) == 1 else Seq(tuple(items))


def _plain(code: str) -> str:
    return code.lower().replace("_", " ")


def _literal(value: int, state: _State) -> Node:
    return Chars(_one(value, state))


def _one(value: int, state: _State) -> int:
    return charset.fold(1 << value) if state.has(re.IGNORECASE) else 1 << value


def _not_literal(value: int, state: _State) -> Node:
    return Chars(charset.ALL & ~_one(value, state))


def _any(_value: None, state: _State) -> Node:
    return Chars(charset.ALL if state.has(re.DOTALL) else charset.ALL & ~charset.NEWLINE)


def _in(value: Any, state: _State) -> Node:
    members, negate = 0, False
    for code, item in value:
        if code.name == "NEGATE":
            negate = True
        elif code.name == "LITERAL":
            members |= 1 << item
        elif code.name == "RANGE":
            members |= charset.span(*item)
        else:
            members |= _CATEGORIES[item.name]
    if state.has(re.IGNORECASE):
        members = charset.fold(members)
    return Chars(charset.ALL & ~members if negate else members)


def _branch(value: Any, state: _State) -> Node:
    return Alt(tuple(_sequence(branch, state) for branch in value[1]))


def _subpattern(value: Any, state: _State) -> Node:
    group, added, removed, tree = value
    node = _sequence(tree, state._replace(flags=(state.flags | added) & ~removed))
    if group is not None:
        state.groups[group] = node
    return node


def _repeat(value: Any, state: _State) -> Node:
    low, high, tree = value
    if high == _PARSER.MAXREPEAT:
        raise RuleError("a repeat without an upper bound, expected {m,n} in place of *, + and {m,}")
    return Repeat(_sequence(tree, state), int(low), int(high))


def _group_reference(value: int, state: _State) -> Node:
    return Copy(_folded(state.groups[value]) if state.has(re.IGNORECASE) else state.groups[value])


def _folded(node: Node) -> Node:
    if isinstance(node, Chars):
        return Chars(charset.fold(node.members))
    if isinstance(node, Seq):
        return Seq(tuple(_folded(item) for item in node.items))
    if isinstance(node, Alt):
        return Alt(tuple(_folded(branch) for branch in node.branches))
    if isinstance(node, Repeat):
        return Repeat(_folded(node.node), node.low, node.high)
    return Copy(_folded(node.node)) if isinstance(node, Copy) else node


def _at(value: Any, state: _State) -> Node:
    if value.name in ("AT_BOUNDARY", "AT_NON_BOUNDARY"):
        return Zero("word boundary")
    if value.name in _LINE_ANCHORS and state.has(re.MULTILINE):
        return Zero("anchor")
    # A pattern runs on a window of the text, so the start of the text means nothing to it.
    raise RuleError("an anchor for the whole text, expected (?m:^) or (?m:$)")


def _look(value: Any, state: _State) -> Node:
    direction, tree = value
    node = _sequence(tree, state)
    if direction > 0:
        return Zero("lookahead", sight(node))
    if widths(node)[1] > MAX_BEHIND:
        raise RuleError(f"a lookbehind of {widths(node)[1]} bytes, expected at most {MAX_BEHIND}")
    return Zero("lookbehind")


def _nothing(_value: Any, _state: _State) -> Node:
    return Zero("lookahead")


_CONVERT: dict[str, Callable[[Any, _State], Node]] = {
    "LITERAL": _literal,
    "NOT_LITERAL": _not_literal,
    "ANY": _any,
    "IN": _in,
    "BRANCH": _branch,
    "SUBPATTERN": _subpattern,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "GROUPREF": _group_reference,
    "AT": _at,
    "ASSERT": _look,
    "ASSERT_NOT": _look,
    "FAILURE": _nothing,
}

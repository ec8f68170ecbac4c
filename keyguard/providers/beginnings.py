"""What the matches of a pattern begin with: where a rule has such texts, it is tried nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from keyguard.providers import charset
from keyguard.providers.syntax import Alt, Chars, Node, Repeat, Seq, Zero

_LEAST, _ENOUGH = 2, 4  # bytes of a text
_MOST = 256
_MANY = 3  # texts that have so much in common that it is looked for instead


class _Head(NamedTuple):
    """The first bytes of some matches, in small letters; `whole`: with nothing after them."""

    text: bytes
    whole: bool


_EMPTY, _ANYTHING = _Head(b"", True), _Head(b"", False)


def beginnings(node: Node) -> tuple[tuple[str, int], ...]:
    """Texts in small letters, and how many bytes after the start of a match each stands: every match has one of them.

    None where the matches begin with too little that is certain.
    """
    texts = {head.text for head in _heads(node, _ENOUGH)}
    texts = {text for text in texts if not any(text[:size] in texts for size in range(len(text)))}
    if len(texts) > _MOST or min(map(len, texts)) < _LEAST:
        return ()
    starts = Counter(text[:-1] for text in texts if len(text) > _LEAST)
    texts = {text[:-1] if starts[text[:-1]] >= _MANY else text for text in texts}
    ends = Counter(text[1:] for text in texts if len(text) > _LEAST)
    places = {(text[1:], 1) if ends[text[1:]] >= _MANY else (text, 0) for text in texts}
    return tuple(sorted((text.decode("latin-1"), offset) for text, offset in places))


def _heads(node: Node, size: int) -> set[_Head]:
    """What a node's matches begin with, cut to `size` bytes."""
    if isinstance(node, Zero):
        return {_EMPTY}
    if isinstance(node, Chars):
        members = charset.values(charset.lowered(node.members))
        return {_Head(bytes((byte,)), True) for byte in members} if len(members) <= _MOST // 16 else {_ANYTHING}
    if isinstance(node, Seq):
        heads = {_EMPTY}
        for item in node.items:
            heads = _extended(heads, item, size)
        return heads
    if isinstance(node, Alt):
        return _bounded(head for branch in node.branches for head in _heads(branch, size))
    return _repeated(node, size) if isinstance(node, Repeat) else {_ANYTHING}


def _extended(heads: set[_Head], node: Node, size: int) -> set[_Head]:
    """Heads of a sequence with those of what follows; as they are where they would be too many."""
    longer = {head for head in heads if not head.whole}
    for text in (head.text for head in heads if head.whole):
        for more in _heads(node, size - len(text)):
            both = text + more.text
            longer.add(_Head(both, more.whole and len(both) < size))
    return longer if len(longer) <= _MOST else {_Head(head.text, False) for head in heads}


def _repeated(node: Repeat, size: int) -> set[_Head]:
    found: set[_Head] = set()
    heads = {_EMPTY}
    for count in range(node.high + 1):
        whole = {head for head in heads if head.whole}
        found |= heads if count >= node.low else heads - whole
        if not whole or count == node.low + size:  # more of what has no width changes nothing
            break
        heads = _extended(whole, node.node, size)
    return _bounded(found)


def _bounded(heads: Iterable[_Head]) -> set[_Head]:
    some = set(heads)
    return some if len(some) <= _MOST else {_ANYTHING}

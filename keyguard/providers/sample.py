"""Random strings of a pattern: high in entropy, printable where the pattern allows, the same for the same seed."""

from __future__ import annotations

from random import Random

from keyguard.errors import RuleError
from keyguard.providers import charset
from keyguard.providers.syntax import Alt, Chars, Copy, Node, Repeat, Seq

_LONGEST_SPREAD = 64
_WIDE = 100
_DELIMITERS = sum(1 << byte for byte in b" \"'`<>\\,;(){}[]&?#=|")


def seeded(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - the strings must be the same in each run, and are no secrets


def make_sample(node: Node, rng: Random) -> bytes:
    """A string of the tree. Lookarounds and anchors are not heeded, a back reference need not agree with its group."""
    if isinstance(node, Chars):
        return _bytes(node.members, 1, rng)
    if isinstance(node, Seq):
        return b"".join([make_sample(item, rng) for item in node.items])
    if isinstance(node, Alt):
        return make_sample(rng.choice(node.branches), rng)
    if isinstance(node, Repeat):
        count = _count(node, rng)
        if isinstance(node.node, Chars):
            return _bytes(node.node.members, count, rng)
        return b"".join([make_sample(node.node, rng) for _ in range(count)])
    return make_sample(node.node, rng) if isinstance(node, Copy) else b""


def _count(node: Repeat, rng: Random) -> int:
    """The ends of the range are likelier than the rest: that is where patterns go wrong."""
    high = min(node.high, node.low + _LONGEST_SPREAD)
    return rng.choice((node.low, high, rng.randint(node.low, high)))


def _bytes(members: int, count: int, rng: Random) -> bytes:
    """Members in rounds of random order, so that the entropy is as high as the set allows."""
    choice = charset.values(_shown(members))
    if not choice:
        raise RuleError("an empty set of characters")
    made: list[int] = []
    while len(made) < count:
        made += rng.sample(choice, min(len(choice), count - len(made)))
    return bytes(made)


def _shown(members: int) -> int:
    """What to choose from: ASCII that prints where there is any, and of a wide set nothing that ends a token."""
    printable = members & charset.PRINTABLE
    if charset.size(members) > _WIDE:
        return printable & ~_DELIMITERS or printable or members
    return printable or members

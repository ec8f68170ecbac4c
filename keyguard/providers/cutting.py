"""Cuts the tree of a pattern: to what one line holds, to a width, to what every match begins with."""

from __future__ import annotations

from keyguard.providers import charset
from keyguard.providers.syntax import Alt, Chars, Copy, Node, Repeat, Seq, children, widths


def one_line(node: Node, lines: bool) -> Node:
    """Without what has no width and, where a match stays on its line, without line ends in the byte sets."""
    if isinstance(node, Chars):
        return node if lines else Chars(node.members & ~charset.NEWLINE)
    if isinstance(node, Seq):
        return Seq(tuple(item for child in node.items for item in items_of(one_line(child, lines))))
    if isinstance(node, Alt):
        return _alternatives([one_line(branch, lines) for branch in node.branches])
    if isinstance(node, Repeat):
        inner = one_line(node.node, lines)
        return Seq(()) if is_impossible(inner) and not node.low else Repeat(inner, node.low, node.high)
    return one_line(node.node, lines) if isinstance(node, Copy) else Seq(())


def _alternatives(branches: list[Node]) -> Node:
    possible = [branch for branch in branches if not is_impossible(branch)]
    return Alt(tuple(possible)) if possible else Chars(0)


def is_impossible(node: Node) -> bool:
    """Whether nothing on one line can match: a mandatory byte set holds only the line end."""
    if isinstance(node, Chars):
        return not node.members
    if isinstance(node, Seq):
        return any(map(is_impossible, node.items))
    if isinstance(node, Repeat):
        return bool(node.low) and is_impossible(node.node)
    return False


def items_of(node: Node) -> tuple[Node, ...]:
    """The parts of a sequence; of anything else, itself."""
    return node.items if isinstance(node, Seq) else (node,)


def reversed_all(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """The sequence that matches the same bytes from last to first."""
    return tuple(_reversed(item) for item in reversed(items))


def _reversed(node: Node) -> Node:
    if isinstance(node, Seq):
        return Seq(reversed_all(node.items))
    if isinstance(node, Alt):
        return Alt(tuple(_reversed(branch) for branch in node.branches))
    return Repeat(_reversed(node.node), node.low, node.high) if isinstance(node, Repeat) else node


def prefix(items: tuple[Node, ...], budget: int) -> tuple[Node, ...]:
    """What every match of the sequence begins with, at most `budget` bytes wide and on one line."""
    kept: list[Node] = []
    for item in items:
        wide = widths(item)[1]
        if wide > budget or not _is_on_line(item):
            kept.extend(_head(item, budget))
            break
        kept.append(item)
        budget -= wide
    return tuple(kept)


def _head(item: Node, budget: int) -> tuple[Node, ...]:
    if isinstance(item, Seq):
        return prefix(item.items, budget)
    if isinstance(item, Alt):
        heads = [prefix(items_of(branch), budget) for branch in item.branches]
        return (Alt(tuple(map(Seq, heads))),) if all(heads) else ()
    if not isinstance(item, Repeat) or not item.low:
        return ()
    wide = widths(item.node)[1]
    copies = min(item.low, budget // wide) if wide and _is_on_line(item.node) else 0
    kept: tuple[Node, ...] = (Repeat(item.node, copies, copies),) if copies else ()
    return kept if copies == item.low else kept + prefix(items_of(item.node), budget - copies * wide)


def _is_on_line(node: Node) -> bool:
    if isinstance(node, Chars):
        return not node.members & charset.NEWLINE
    return all(map(_is_on_line, children(node)))


def trim_both(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Cut what varies at either end to its least."""
    return reversed_all(_trim(reversed_all(_trim(items))))


def _trim(items: tuple[Node, ...]) -> tuple[Node, ...]:
    """Cut a variable last item to its least: Hyperscan reports every end of a match, and one is enough."""
    kept = list(items)
    while kept:
        last = kept.pop()
        least, greatest = widths(last)
        if least == greatest:
            return (*kept, last)
        if isinstance(last, Repeat) and last.low:
            return (*kept, Repeat(last.node, last.low, last.low))
        if least:
            return (*kept, last)
    return ()

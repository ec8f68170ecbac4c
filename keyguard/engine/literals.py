"""The texts that a trigger cannot match without, read from its parse tree."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from math import log2
from typing import Any, NamedTuple

# The parser that `re` itself uses has no public name since 3.11.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_MOST_TEXTS = 1024
_MOST_COPIES = 16
# From frequent to rare in source code; what is missing here is rarer than most.
_FREQUENT = b" etaoinsrlcdpumfhgb_-.ywvk,;()=\"'/x"
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_Texts = tuple[bytes, ...]


class _Part(NamedTuple):
    """What stands in a row at an item: all that it matches (`whole`), or the first copies of a long repeat."""

    texts: list[_Texts]
    whole: bool


def required_literals(trigger: str, enough: int) -> _Texts:
    """Every match of the trigger, in lower case, holds one of these texts.

    They are the rarest-looking ones; where it can be, all of at least `enough` bytes. Raises ValueError where there
    are none.
    """
    texts = _best(list(_parser.parse(trigger)), enough)
    if not texts or not all(texts):
        raise ValueError(f"no literal in the trigger {trigger}")
    return tuple(sorted(set(texts)))


def rarity(text: bytes) -> float:
    """About how many bits tell this text from any other. A repeated byte counts once: rows of dashes are common."""
    return sum(3 + (_FREQUENT.index(byte) if byte in _FREQUENT else len(_FREQUENT)) / 8 for byte in set(text))


def _worth(texts: _Texts, enough: int) -> tuple[int, float]:
    least = min(map(len, texts), default=0)
    return min(least, enough), min(map(rarity, texts)) - log2(len(texts)) if least else 0


def _best(items: list[Any], enough: int) -> _Texts:
    """The best texts of a sequence: adjoining exact parts multiplied out, or a part's own best."""
    parts = [_part(item, enough) for item in items]
    choices = [texts for start in range(len(items)) for texts in _runs(parts[start:], enough)]
    choices += [_inner(item, enough) for item in items]
    return max(choices, key=lambda texts: _worth(texts, enough), default=())


def _runs(parts: list[_Part], enough: int) -> Iterator[_Texts]:
    """What the sequence begins with, at every length up to the first that is enough."""
    run: _Texts = (b"",)
    for part in parts:
        for texts in part.texts:
            run = _product(run, texts)
            if run:
                yield run
            if not run or min(map(len, run)) >= enough:
                return
        if not part.whole:
            return


def _part(item: Any, enough: int) -> _Part:
    exact, name, value = _exact(item), str(item[0]), item[1]
    if exact or name not in _REPEATS:
        return _Part([exact], bool(exact))
    return _Part([_sequence(value[2])] * min(value[0], enough), False)


def _product(left: _Texts, right: _Texts) -> _Texts:
    return tuple({a + b for a in left for b in right}) if len(left) * len(right) <= _MOST_TEXTS else ()


def _exact(item: Any) -> _Texts:
    """All texts that the item can match, in lower case; none where they are many."""
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        return (bytes((value,)).lower(),)
    if name == "IN":
        return _members(value)
    if name == "SUBPATTERN":
        return _sequence(value[3])
    if name == "BRANCH":
        return _union([_sequence(branch) for branch in value[1]])
    if name in _REPEATS and value[1] <= _MOST_COPIES:
        return _powers(_sequence(value[2]), value[0], value[1])
    return ()


def _members(parts: list[Any]) -> _Texts:
    found: set[bytes] = set()
    for name, value in parts:
        if str(name) not in ("LITERAL", "RANGE"):
            return ()
        low, high = (value, value) if str(name) == "LITERAL" else value
        found.update(bytes((byte,)).lower() for byte in range(low, high + 1))
    return tuple(found) if len(found) <= _MOST_TEXTS else ()


def _powers(texts: _Texts, low: int, high: int) -> _Texts:
    power: _Texts = (b"",)
    found: set[bytes] = set()
    for count in range(high + 1):
        if count >= low:
            found.update(power)
        power = _product(power, texts) if count < high else power
        if not power or len(found) > _MOST_TEXTS:
            return ()
    return tuple(found)


def _sequence(items: Any) -> _Texts:
    run: _Texts = (b"",)
    for item in items:
        run = _product(run, _exact(item))
    return run


def _union(branches: list[_Texts]) -> _Texts:
    """All of them; none where a branch has none."""
    texts = {text for branch in branches for text in branch}
    return tuple(texts) if all(branches) and len(texts) <= _MOST_TEXTS else ()


def _inner(item: Any, enough: int) -> _Texts:
    """The best texts inside an item."""
    name, value = str(item[0]), item[1]
    if name == "SUBPATTERN":
        return _best(list(value[3]), enough)
    if name in _REPEATS and value[0]:
        return _best(list(value[2]), enough)
    if name == "BRANCH":
        return _union([_best(list(branch), enough) for branch in value[1]])
    return ()

"""The literals that a trigger cannot match without, read from its parse tree."""

from __future__ import annotations

import importlib
import re
import sys
from typing import Any, NamedTuple

# The parser that `re` itself uses has no public name since 3.11.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
_MOST_TEXTS = 64


class Literals(NamedTuple):
    """Every match holds one of `texts`; `caseless` says that they are lower case and the text must be lowered first."""

    texts: tuple[bytes, ...]
    caseless: bool


class _Run(NamedTuple):
    texts: tuple[str, ...]
    caseless: bool

    @property
    def worth(self) -> float:
        """The shortest text counts; many texts, or folding the case, cost."""
        return min(map(len, self.texts), default=0) - len(self.texts) / 64 - self.caseless / 2


_NOTHING = _Run((), False)
_EMPTY = _Run(("",), False)


def required_literals(trigger: str) -> Literals:
    """The best set found. Raises ValueError where the trigger has no literal that every match holds."""
    best = _best(_parser.parse(trigger), False)
    if not best.texts or not min(map(len, best.texts)):
        raise ValueError(f"no literal in the trigger {trigger}")
    return Literals(tuple(sorted({text.encode("latin-1") for text in best.texts})), best.caseless)


def _best(items: Any, caseless: bool) -> _Run:
    """The worthiest run of a sequence: adjoining exact parts multiplied out, or a part's own best."""
    best, run = _NOTHING, _EMPTY
    for item in items:
        exact = _exact(item, caseless)
        joined = _join(run, exact) if exact else None
        run = joined or exact or _EMPTY
        best = max(best, run, _inner(item, caseless), key=lambda each: each.worth)
    return best


def _join(left: _Run, right: _Run) -> _Run | None:
    if len(left.texts) * len(right.texts) > _MOST_TEXTS:
        return None
    folded = left.caseless or right.caseless
    texts = [a + b for a in left.texts for b in right.texts]
    return _Run(tuple(text.lower() for text in texts) if folded else tuple(texts), folded)


def _exact(item: Any, caseless: bool) -> _Run | None:
    """All texts that the item can match, where they are few."""
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        text = chr(value)
        return _Run((text.lower(),), True) if caseless and text.isalpha() else _Run((text,), False)
    if name == "IN" and all(str(part[0]) == "LITERAL" for part in value) and len(value) <= 4:
        return _union([_exact(part, caseless) for part in value])
    if name == "SUBPATTERN":
        return _sequence(value[3], _folds(value, caseless))
    if name == "BRANCH":
        return _union([_sequence(branch, caseless) for branch in value[1]])
    return None


def _sequence(items: Any, caseless: bool) -> _Run | None:
    run: _Run | None = _EMPTY
    for item in items:
        exact = _exact(item, caseless)
        run = _join(run, exact) if run and exact else None
    return run


def _union(runs: list[_Run | None]) -> _Run | None:
    known = [run for run in runs if run]
    if len(known) < len(runs):
        return None
    folded = any(run.caseless for run in known)
    texts = [text.lower() if folded else text for run in known for text in run.texts]
    return _Run(tuple(texts), folded) if len(texts) <= _MOST_TEXTS else None


def _inner(item: Any, caseless: bool) -> _Run:
    """The best run inside an item that is not exact as a whole."""
    name, value = str(item[0]), item[1]
    if name == "SUBPATTERN":
        return _best(value[3], _folds(value, caseless))
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0]:
        return _best(value[2], caseless)
    if name == "BRANCH":
        inner = [_best(branch, caseless) for branch in value[1]]
        return _union([run if run.texts else None for run in inner]) or _NOTHING
    return _NOTHING


def _folds(value: Any, caseless: bool) -> bool:
    return bool((caseless or value[1] & re.IGNORECASE) and not value[2] & re.IGNORECASE)

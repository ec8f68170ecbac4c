"""Walks a person through the secrets of a baseline, one screen each, and takes down what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from keyguard.model.silence import Known

KEYS: Final = "[r]eal  [f]alse  [s]kip  [b]ack  [q]uit"
_ANSWERS: Final = {"r": "real", "f": "false"}
_QUIT: Final = frozenset({"q", "\x03", "\x04", ""})


class View(NamedTuple):
    """One secret of a baseline: where it stands now, and the lines around it with the value masked; empty if gone."""

    entry: Known
    place: str
    lines: tuple[str, ...]


class Tally(NamedTuple):
    """How many secrets are marked, and how many are left."""

    real: int
    false: int
    left: int


def review(
    views: Sequence[View], ask: Callable[[], str], say: Callable[[str], None], keep: Callable[[Sequence[Known]], None]
) -> Tally:
    """Asks about each secret that nobody has decided on, from the first one; each answer is kept at once.

    `ask` gives one key, "" at the end of input; `say` shows a line; `keep` stores all entries.
    """
    entries = [view.entry for view in views]
    todo = [place for place, entry in enumerate(entries) if not entry.audit]
    at = 0
    while 0 <= at < len(todo):
        place = todo[at]
        _show(views[place], entries[place], f"{at + 1} of {len(todo)}", say)
        key = _key(ask, say)
        if key in _QUIT:
            break
        if key in _ANSWERS:
            entries[place] = entries[place]._replace(audit=_ANSWERS[key])
            keep(entries)
        at = max(0, at - 1) if key == "b" else at + 1
    return tally(entries)


def tally(entries: Sequence[Known]) -> Tally:
    real = sum(entry.audit == "real" for entry in entries)
    false = sum(entry.audit == "false" for entry in entries)
    return Tally(real, false, len(entries) - real - false)


def _key(ask: Callable[[], str], say: Callable[[str], None]) -> str:
    while True:
        say(KEYS)
        key = ask()[:1].lower()
        if key in _ANSWERS or key in _QUIT or key in ("s", "b", " "):
            return key


def _show(view: View, entry: Known, count: str, say: Callable[[str], None]) -> None:
    say("")
    marked = f", marked {entry.audit}" if entry.audit else ""
    say(f"{count}: {entry.rule}  {entry.masked}{marked}")
    if not view.lines:
        say(f"  no longer found ({', '.join(entry.paths) or 'no path is known'}): a new baseline would not have it")
        return
    say(f"  {view.place}")
    for line in view.lines:
        say(f"    {line}")

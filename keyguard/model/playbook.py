"""What to do about a leaked secret: phases, their steps, and what is known of the case."""

from __future__ import annotations

from typing import Final, NamedTuple

# Phase and how soon it is to be done, in the order of the work.
PHASES: Final = (
    ("contain", "within 5 minutes"),
    ("rotate", "as soon as it is stopped, or before where nothing may stand still"),
    ("investigate", "within 24 hours"),
    ("clean", "when the secret is dead"),
    ("prevent", "before the next one"),
)


class Step(NamedTuple):
    """One thing to do. Empty fields are not known; `only` are titles of the rules it is for, none for all.

    `run` are command lines, one each. `open` is an https link.
    """

    do: str
    who: str = ""
    open: str = ""
    run: tuple[str, ...] = ()
    breaks: str = ""
    delay: str = ""
    check: str = ""
    undo: str = ""
    survives: str = ""
    only: tuple[str, ...] = ()


class Phase(NamedTuple):
    """`source` says where the steps were read, `verified` when (ISO 8601); `note` is a caution for people."""

    name: str
    limit: str
    steps: tuple[Step, ...]
    source: str
    verified: str
    note: str = ""


class Fact(NamedTuple):
    """One thing that is known of the case: a name for programs, a label for people."""

    name: str
    label: str
    value: str


class Playbook(NamedTuple):
    """`rule` and `fingerprint` are empty where it is for a whole provider, or for no finding."""

    provider: str
    name: str
    rule: str
    title: str
    fingerprint: str
    console: str
    docs: str
    facts: tuple[Fact, ...]
    phases: tuple[Phase, ...]

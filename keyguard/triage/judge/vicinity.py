"""What the lines around a candidate are like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyguard.triage.judge.characters import LEAST_TOKEN, long_tokens
from keyguard.triage.judge.tables import NEAR_WORDS
from keyguard.triage.judge.topics import Topics
from keyguard.triage.judge.wording import words_in

if TYPE_CHECKING:
    from keyguard.triage.judge.scene import Scene

NAMES = (
    *(name for name, _ in NEAR_WORDS),
    "lines",
    "name-again",
    "quotes",
    "few-lines",
    "same-shape",
    "phrases",
    "value-again-and-again",
    "its-words",
    "users-given",
    "line-above",
    "line-below",
    "braces",
    "colons",
    "equals",
    "comments-marked",
    "long-quoted",
)
_PHRASES = re.compile(rb"[\"'][A-Z][a-z]+(?: [A-Za-z]+)+[.:?!]?[\"']\s*(?:=>|:|=)")
_USER_GIVEN = re.compile(rb"(?:user|login|account)\w{0,20}[\"']?\s{0,9}[:=,(]")
_LONG_QUOTED = re.compile(rb"[\"'][^\"'\s]{16,60}[\"']")
_WORDS = 8


class Vicinity:
    """Made when a candidate needs more than a glance: most files have none."""

    def __init__(self) -> None:
        self._topics = Topics(NEAR_WORDS)

    def measure(self, scene: Scene) -> list[int]:
        """One number for each of NAMES."""
        near = b"%b\n%b" % (scene.above, scene.below)
        small = near.lower()
        lines = near.count(b"\n")
        tokens = long_tokens(small) if len(scene.value) >= LEAST_TOKEN else -1
        return [
            *self._topics.counts(near),
            lines,
            min(small.count(scene.name.lower()), 9) if scene.name else -1,
            min(near.count(b'"'), 40),
            lines < 4,
            min(tokens, 20),
            min(len(_PHRASES.findall(near)), 9),
            min(small.count(scene.value.lower()), 8),
            sum([word in small for word in words_in(scene.value)[:_WORDS]]),
            min(len(_USER_GIVEN.findall(small)), 5),
            len(scene.above) - scene.above.rfind(b"\n") - 1,
            len(scene.below.partition(b"\n")[0]),
            sum(map(near.count, (b"{", b"}", b"(", b")"))),
            near.count(b":"),
            near.count(b"="),
            near.count(b"//") + near.count(b"#"),
            min(len(_LONG_QUOTED.findall(near)), 20),
        ]
